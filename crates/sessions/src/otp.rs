//! Session tokens: one-time passcodes that bring a request into a session (`docs/WebServer/sessions.md`,
//! "Session token (OTP)").
//!
//! A token is used once: taking it out of the table is the compare-and-set, so of two uses at the same time one wins.
//! Only hashes are kept, and a token holds its session weakly: it dies with it.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use papaya::HashMap;
use sha2::{Digest, Sha256};
use tessera_values::{Chance, Text};

use crate::cookie::{hex, unhex};
use crate::session::Session;

/// The random bytes of a token: it looks like a UUID without dashes.
const TOKEN_BYTES: usize = 16;
/// How many unused tokens a session may have; another one revokes the oldest.
pub(crate) const TOKENS_MAX: usize = 32;

/// What a token is looked up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TokenHash([u8; 32]);

impl TokenHash {
    /// Reads a token; `None` when it can't be one.
    fn parse(token: &str) -> Option<Self> {
        unhex::<TOKEN_BYTES>(token).map(Self::of)
    }

    fn of(token: [u8; TOKEN_BYTES]) -> Self {
        Self(Sha256::digest(token).into())
    }
}

/// The tokens of one session that were not used yet, the oldest first.
pub(crate) type OwnTokens = VecDeque<TokenHash>;

#[derive(Debug)]
struct Issued {
    session: Weak<Session>,
    deadline_ms: i64,
}

/// All unused tokens of the server.
#[derive(Default)]
pub(crate) struct Tokens(HashMap<TokenHash, Issued>);

impl Tokens {
    /// Makes a token for a session.
    pub(crate) fn issue(&self, session: &Arc<Session>, deadline_ms: i64, chance: &dyn Chance) -> Text {
        let mut token = [0; TOKEN_BYTES];
        chance.fill(&mut token);
        let hash = TokenHash::of(token);
        let tokens = self.0.pin();
        // Under the session's lock, so that a logout at the same time revokes this one as well.
        session.with_tokens(|own| {
            tokens.insert(hash, Issued { session: Arc::downgrade(session), deadline_ms });
            own.push_back(hash);
            if own.len() > TOKENS_MAX
                && let Some(oldest) = own.pop_front()
            {
                tokens.remove(&oldest);
            }
        });
        hex(&token).into()
    }

    /// Uses a token up: the session it leads to, if it was unused and in time.
    pub(crate) fn redeem(&self, token: &str, now_ms: i64) -> Option<Arc<Session>> {
        let hash = TokenHash::parse(token)?;
        let tokens = self.0.pin();
        let issued = tokens.remove(&hash)?;
        let session = issued.session.upgrade()?;
        session.with_tokens(|own| own.retain(|known| *known != hash));
        (now_ms <= issued.deadline_ms).then_some(session)
    }

    /// Revokes every token of a session.
    pub(crate) fn revoke_all(&self, session: &Session) {
        let Some(own) = session.take_tokens() else { return };
        let tokens = self.0.pin();
        for hash in own {
            tokens.remove(&hash);
        }
    }

    /// Forgets tokens whose time is over. Tokens of closed sessions are revoked when they close.
    pub(crate) fn forget_expired(&self, now_ms: i64) {
        let tokens = self.0.pin();
        for (hash, issued) in &tokens {
            if issued.deadline_ms < now_ms
                && tokens.remove(hash).is_some()
                && let Some(session) = issued.session.upgrade()
            {
                session.with_tokens(|own| own.retain(|known| known != hash));
            }
        }
    }
}
