//! Carries an operation from approved plan to verdict, and reads what the rules ask for.
