//! P4, behind a company's proxy that opens every connection: its own authority is believed when `SSL_CERT_FILE` names it,
//! and nobody else's is. Elsewhere than here the system keeps the authorities, and no variable adds one.
#![cfg(all(unix, not(target_vendor = "apple")))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it cannot go on"
)]

mod lab;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lab::{Lab, Ran, bare, ran, sign_in};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyUsagePurpose, SignatureAlgorithm};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A key for signing.
struct Key {
    pair: EcdsaKeyPair,
    written: Vec<u8>,
}

impl Key {
    fn new() -> Self {
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let written = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
        let written = written.as_ref().to_vec();
        Self { pair: EcdsaKeyPair::from_pkcs8(algorithm, &written).unwrap(), written }
    }
}

impl rcgen::PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::SigningKey for Key {
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signed = self.pair.sign(&SystemRandom::new(), text).map_err(|_| rcgen::Error::RemoteKeyError)?;
        Ok(signed.as_ref().to_vec())
    }
}

/// An authority, and what it says of itself.
struct Authority {
    issuer: Issuer<'static, Key>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.serial_number = Some(1.into());
        let key = Key::new();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// Writes its certificate as `SSL_CERT_FILE` wants it.
    fn write(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        let lines = STANDARD.encode(&self.certificate);
        fs::write(&path, format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"))
            .unwrap();
        path
    }

    /// What makes a connection look as if it were one to these hosts.
    fn acceptor(&self, hosts: &[&str]) -> TlsAcceptor {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.serial_number = Some(2.into());
        let key = Key::new();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key.written.into()))
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A proxy that opens each connection and hands what is in it to the pretend Azure; and whom it was asked for.
fn proxy(lab: &Lab, acceptor: TlsAcceptor) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = lab.runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let (log, azure) = (Arc::clone(&asked), lab.base_url.replace("http://", ""));
    lab.runtime.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (log, azure, acceptor) = (Arc::clone(&log), azure.clone(), acceptor.clone());
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await?);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                log.lock().unwrap().push(head.lines().next().unwrap_or_default().to_owned());
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
                let mut open = acceptor.accept(stream).await?;
                copy_bidirectional(&mut open, &mut TcpStream::connect(azure).await?).await
            });
        }
    });
    (address, asked)
}

/// `lifeboat info` behind the proxy.
fn info(lab: &Lab, proxy: &str, variables: &[(&str, &Path)]) -> Ran {
    let words = ["--auth", "environment", "--output", "json", "info"];
    let mut command = bare(lab.home.path(), &words);
    sign_in(&mut command);
    command.env("HTTPS_PROXY", proxy).envs(variables.iter().copied());
    ran(command.output().unwrap())
}

#[test]
fn p4_the_authority_of_a_company_is_believed_when_it_is_named_and_no_other() {
    let lab = Lab::new("quiet", 600.0);
    let company = Authority::new("Contoso Inspection");
    let hosts = ["login.microsoftonline.com", "management.azure.com"];
    let (address, asked) = proxy(&lab, company.acceptor(&hosts));
    let file = company.write(lab.home.path(), "company.pem");
    let named = info(&lab, &address, &[("SSL_CERT_FILE", &file)]);
    assert_eq!(named.code, 0, "{named:#?}");
    let told = named.json();
    assert!(told["subscriptions"].as_array().is_some_and(|all| !all.is_empty()), "{told:#}");
    assert_eq!(told["cloud"]["name"], "public");
    let through =
        |host: &str| asked.lock().unwrap().iter().any(|it| it.starts_with(&format!("CONNECT {host}:443 ")));
    assert!(hosts.iter().all(|host| through(host)), "{asked:?}");

    // The same connection under an authority that nobody named: nothing of a request arrives.
    let before = lab.requests().len();
    let other = Authority::new("Somebody Else").write(lab.home.path(), "other.pem");
    for variables in [&[][..], &[("SSL_CERT_FILE", other.as_path())]] {
        let refused = info(&lab, &address, variables);
        assert_ne!(refused.code, 0, "{refused:#?}");
        refused.expect(refused.code, &["certificate", "SSL_CERT_FILE=FILE"]);
        assert!(!refused.stderr.contains("Nobody is signed in"), "nobody was signed out: {refused:#?}");
    }
    assert_eq!(lab.requests().len(), before, "no secret went to whoever stood between");
}
