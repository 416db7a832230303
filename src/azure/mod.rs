//! The wire: Azure's protocols as functions of domain values.
