use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::time::OffsetDateTime;

use super::super::sources::Built;
use super::*;

/// A source whose tokens live for `life` seconds, and that refuses while `is_down` is not zero.
#[derive(Debug, Default)]
struct Fake {
    now: AtomicI64,
    life: AtomicI64,
    given: AtomicUsize,
    is_down: AtomicUsize,
}

#[derive(Debug)]
struct Handle(Arc<Fake>);

#[async_trait::async_trait]
impl TokenCredential for Handle {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        tokio::task::yield_now().await;
        if self.0.is_down.load(Ordering::SeqCst) > 0 {
            return Err(Error::with_message(ErrorKind::Credential, "AADSTS70043: session ended"));
        }
        let number = self.0.given.fetch_add(1, Ordering::SeqCst);
        let until = self.0.now.load(Ordering::SeqCst) + self.0.life.load(Ordering::SeqCst);
        let until = OffsetDateTime::from_unix_timestamp(until).unwrap();
        Ok(AccessToken::new(format!("canary-{}-{number}", scopes[0]), until))
    }
}

fn fake(life: i64) -> (Arc<Fake>, Credential) {
    let fake = Arc::new(Fake { life: AtomicI64::new(life), ..Fake::default() });
    let handle = fake.clone();
    let build = move || -> Built { Ok(Arc::new(Handle(handle.clone()))) };
    let source = Source { name: "fake", issuer: None, credential: Box::new(build) };
    let time = fake.clone();
    let clock: Clock = Arc::new(move || Timestamp::from_second(time.now.load(Ordering::SeqCst)).unwrap());
    (fake, Credential::new(vec![source], clock))
}

async fn text(credential: &Credential, scope: &str) -> String {
    credential.token(scope).await.unwrap().secret.expose_secret().to_owned()
}

#[tokio::test]
async fn five_hundred_callers_start_one_request() {
    let (fake, credential) = fake(3600);
    let credential = Arc::new(credential);
    let calls = (0..500).map(|_| {
        let credential = credential.clone();
        tokio::spawn(async move { text(&credential, "arm").await })
    });
    for call in futures::future::join_all(calls).await {
        assert_eq!(call.unwrap(), "canary-arm-0");
    }
    assert_eq!(fake.given.load(Ordering::SeqCst), 1);
    assert_eq!(text(&credential, "storage").await, "canary-storage-1");
}

#[tokio::test]
async fn a_token_is_renewed_five_minutes_before_its_end() {
    let (fake, credential) = fake(3600);
    assert_eq!(text(&credential, "arm").await, "canary-arm-0");
    fake.now.store(3600 - 301, Ordering::SeqCst);
    assert_eq!(text(&credential, "arm").await, "canary-arm-0");
    fake.now.store(3600 - 300, Ordering::SeqCst);
    assert_eq!(text(&credential, "arm").await, "canary-arm-1");
}

#[tokio::test]
async fn a_short_token_is_used_for_half_its_life() {
    let (fake, credential) = fake(60);
    for (now, expected) in [(0, "canary-arm-0"), (29, "canary-arm-0"), (30, "canary-arm-1")] {
        fake.now.store(now, Ordering::SeqCst);
        assert_eq!(text(&credential, "arm").await, expected, "{now}");
    }
}

#[tokio::test]
async fn an_old_token_serves_while_renewal_fails_and_not_a_second_longer() {
    let (fake, credential) = fake(3600);
    text(&credential, "arm").await;
    fake.is_down.store(1, Ordering::SeqCst);
    for now in [3400, 3410, 3599] {
        fake.now.store(now, Ordering::SeqCst);
        assert_eq!(text(&credential, "arm").await, "canary-arm-0", "{now}");
    }
    fake.now.store(3600, Ordering::SeqCst);
    let error = credential.token("arm").await.unwrap_err();
    assert_eq!(error.to_string(), "fake gave no token: AADSTS70043: session ended");
    fake.is_down.store(0, Ordering::SeqCst);
    assert_eq!(text(&credential, "arm").await, "canary-arm-1");
}

#[tokio::test]
async fn every_minute_of_three_hours_has_a_token_and_few_requests() {
    let (fake, credential) = fake(3600);
    for minute in 0..180 {
        fake.now.store(minute * 60, Ordering::SeqCst);
        let token = credential.token("arm").await.unwrap();
        assert!(token.expires_at.as_second() > minute * 60, "minute {minute}");
    }
    assert_eq!(fake.given.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn only_the_refused_token_is_forgotten() {
    let (_, credential) = fake(3600);
    let refused = credential.token("arm").await.unwrap();
    credential.invalidate("arm", &refused).await;
    assert_eq!(text(&credential, "arm").await, "canary-arm-1");
    // Somebody else was refused with the same token a moment later; the new one stays.
    credential.invalidate("arm", &refused).await;
    assert_eq!(text(&credential, "arm").await, "canary-arm-1");
}

#[tokio::test]
async fn the_first_source_that_works_is_kept_and_named() {
    let (_, inner) = fake(3600);
    let none =
        Source { name: "environment", issuer: None, credential: Box::new(|| Err("no secret".to_owned())) };
    let sources = std::iter::once(none).chain(inner.sources).collect();
    let credential = Credential::new(sources, inner.clock);
    assert_eq!(credential.via(), None);
    text(&credential, "arm").await;
    assert_eq!(credential.via(), Some("fake"));
    assert!(!format!("{credential:?} {:?}", credential.token("arm").await).contains("canary"));
}

#[tokio::test]
async fn when_nobody_gives_a_token_everybody_is_quoted() {
    let no = |name, why: &'static str| Source {
        name,
        issuer: None,
        credential: Box::new(move || Err(why.to_owned())),
    };
    let clock: Clock = Arc::new(|| Timestamp::UNIX_EPOCH);
    let sources = vec![no("Azure CLI", "az not found on PATH"), no("Azure Developer CLI", "not logged in")];
    let error = Credential::new(sources, clock).token("arm").await.unwrap_err().to_string();
    assert!(error.contains("az not found on PATH") && error.contains("not logged in"), "{error}");
}
