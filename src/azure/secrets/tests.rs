use super::super::client_secret::LoopbackClientSecret;
use super::super::credential::Credential;
use super::super::http::{Ask, Reply, Right};
use super::super::identity::{EnvironmentVariables, Identity};
use super::super::polling::Progress;
use super::super::sending::Sent;
use super::super::sources::Source;
use super::super::{Azure, Connection, access::Keys, http::Wire, transport::Transport};
use super::*;
use crate::domain::operation::{Acceptation, OperationEvent, Poll};

#[test]
fn a_secret_is_taken_out_in_every_form() {
    let secrets = Secrets::default();
    secrets.note(&"canary/of+the=lab".into());
    secrets.note(&"short".into());
    let forms = [
        "canary/of+the=lab",
        "canary%2Fof%2Bthe%3Dlab",
        "canary%2fof%2bthe%3dlab",
        &STANDARD_NO_PAD.encode("canary/of+the=lab"),
        &URL_SAFE_NO_PAD.encode("canary/of+the=lab"),
    ];
    for form in forms {
        assert_eq!(secrets.without(&format!("It is '{form}'.")), "It is '(taken out)'.", "{form}");
    }
    assert_eq!(secrets.without("in short"), "in short");
    assert!(!format!("{secrets:?}").contains("canary"));
}

#[test]
fn bodies_and_headers_are_cleaned_and_addresses_kept() {
    let secrets = Secrets::default();
    secrets.note(&"canary/of+the=lab".into());
    let body =
        br#"{"error":{"code":"X","message":"no canary\/of\u002Bthe=lab","details":["canary/of+the=lab"]}}"#;
    let clean = String::from_utf8(secrets.without_in(body.to_vec())).unwrap();
    assert_eq!(clean.matches(TAKEN_OUT).count(), 2, "{clean}");
    assert!(!clean.contains("canary"));
    let named = secrets.without_in(br#"{"accessKey":"k3y","n":1}"#.to_vec());
    assert_eq!(named, br#"{"accessKey":"(taken out)","n":1}"#);
    assert_eq!(secrets.without_in(b"<a>canary/of+the=lab</a>".to_vec()), b"<a>(taken out)</a>");
    let mut headers = HeaderMap::new();
    headers.insert("x-ms-request-id", HeaderValue::from_static("canary/of+the=lab"));
    headers.insert("location", HeaderValue::from_static("https://m/r?t=1&sig=abc123"));
    secrets.without_in_headers(&mut headers);
    assert_eq!(headers["x-ms-request-id"], TAKEN_OUT);
    assert_eq!(headers["location"], "https://m/r?t=1&sig=abc123");
}

/// Whether a type can be printed with `{:?}`.
struct Probe<T>(std::marker::PhantomData<T>);

trait Otherwise {
    const PRINTS: bool = false;
}

impl<T> Otherwise for Probe<T> {}

impl<T: fmt::Debug> Probe<T> {
    const PRINTS: bool = true;
}

#[test]
fn what_holds_a_secret_in_the_open_cannot_be_printed() {
    let table = [
        ("Ask", Probe::<Ask>::PRINTS),
        ("Reply", Probe::<Reply>::PRINTS),
        ("Right", Probe::<Right<'_>>::PRINTS),
        ("Keys", Probe::<Keys>::PRINTS),
        ("Wire", Probe::<Wire>::PRINTS),
        ("Transport", Probe::<Transport>::PRINTS),
        ("Source", Probe::<Source>::PRINTS),
        ("Connection", Probe::<Connection>::PRINTS),
    ];
    for (name, prints) in table {
        assert!(!prints, "{name} can be printed");
    }
    const { assert!(Probe::<Identity>::PRINTS, "the probe finds what can be printed") };
}

#[test]
fn what_can_be_printed_does_not_print_its_secret() {
    let clock: super::super::Clock = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
    let secret = || SecretString::from("canary-of-the-lab");
    let identity = Identity {
        environment: EnvironmentVariables {
            client_secret: Some(secret()),
            ..EnvironmentVariables::default()
        },
        ..Identity::default()
    };
    let loopback = LoopbackClientSecret {
        endpoint: "http://127.0.0.1/t".parse().unwrap(),
        client_id: "c".to_owned(),
        secret: secret(),
        http: reqwest::Client::new(),
        clock: clock.clone(),
    };
    let credential = Credential::new(Vec::new(), clock.clone());
    credential.secrets.note(&secret());
    let azure = Azure::connect(Connection {
        cloud: super::super::cloud::Cloud::public(),
        identity: identity.clone(),
        write_mode: super::super::WriteMode::Guarded,
        patience: super::super::Patience::default(),
        read_only_subscriptions: std::collections::BTreeSet::new(),
        clock,
    });
    let address = || "https://management.azure.com/r?t=1&c=canary&s=canary&h=canary".to_owned();
    let accepted = Acceptation { operation_url: address(), ..Acceptation::default() };
    let poll = Poll { operation_url: Some(address()), ..Poll::default() };
    let progress = Progress { operation_url: Some(address()), ..Progress::default() };
    let shown = [
        format!("{identity:#?}"),
        format!("{loopback:?}"),
        format!("{credential:?} {:?}", credential.secrets),
        format!("{azure:?}"),
        format!("{:?}", Sent::Accepted(accepted.clone())),
        format!("{:?} {:?}", OperationEvent::Accepted(accepted), OperationEvent::Polled(poll)),
        format!("{progress:?}"),
    ];
    for text in shown {
        assert!(!text.contains("canary"), "{text}");
    }
}
