-- Times are Unix milliseconds. Keys named *_key hold the lower-case form that decides whether two names are the same.
-- Data only moves forward: there is no way down.

-- +goose Up

CREATE TABLE companies (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL CHECK (name <> ''),
    name_key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE reps (
    id            INTEGER PRIMARY KEY,
    company_id    INTEGER NOT NULL REFERENCES companies (id),
    login         TEXT NOT NULL CHECK (login <> ''),
    login_key     TEXT NOT NULL UNIQUE CHECK (login_key = lower(login_key)),
    name          TEXT NOT NULL,
    screen_name   TEXT NOT NULL,
    password_hash TEXT NOT NULL CHECK (password_hash = '' OR password_hash LIKE '$argon2id$%'),
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    max_codes     INTEGER NOT NULL CHECK (max_codes BETWEEN 1 AND 8)
) STRICT;
CREATE INDEX reps_of_company ON reps (company_id);

CREATE TABLE portals (
    id             INTEGER PRIMARY KEY,
    company_id     INTEGER NOT NULL REFERENCES companies (id),
    slug           TEXT NOT NULL UNIQUE CHECK (slug = lower(slug) AND length(slug) BETWEEN 1 AND 64),
    name           TEXT NOT NULL CHECK (name <> ''),
    kind           TEXT NOT NULL CHECK (kind IN ('question', 'code')),
    mode           TEXT NOT NULL CHECK (mode IN ('web', 'queue', 'phone')),
    see            INTEGER NOT NULL CHECK (see IN (0, 1)),
    control        INTEGER NOT NULL CHECK (control IN (0, 1)),
    query_lifetime INTEGER NOT NULL CHECK (query_lifetime > 0), -- milliseconds
    code_lifetime  INTEGER NOT NULL CHECK (code_lifetime BETWEEN 300000 AND 86400000),
    CHECK ((mode = 'phone') = (kind = 'code')),
    CHECK (see = 1 OR control = 0)
) STRICT;
CREATE INDEX portals_of_company ON portals (company_id);

CREATE TABLE portal_reps (
    portal_id INTEGER NOT NULL REFERENCES portals (id),
    rep_id    INTEGER NOT NULL REFERENCES reps (id),
    PRIMARY KEY (portal_id, rep_id)
) STRICT;
CREATE INDEX portal_reps_of_rep ON portal_reps (rep_id);

CREATE TABLE logins (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    rep_id     INTEGER NOT NULL REFERENCES reps (id),
    made_at    INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX logins_of_rep ON logins (rep_id);

-- Every number that was ever a query, a code or a session. None is given out twice.
CREATE TABLE numbers (
    number TEXT PRIMARY KEY CHECK (length(number) = 9)
) STRICT;

CREATE TABLE queries (
    session_id  TEXT PRIMARY KEY REFERENCES numbers (number),
    portal_id   INTEGER NOT NULL REFERENCES portals (id),
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'expired', 'withdrawn')),
    customer    TEXT NOT NULL,
    email       TEXT NOT NULL,
    question    TEXT NOT NULL,
    language    TEXT NOT NULL,
    system      TEXT NOT NULL,
    ticket_hash BLOB NOT NULL UNIQUE CHECK (length(ticket_hash) = 32),
    rep_id      INTEGER REFERENCES reps (id),
    posted_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    CHECK ((state = 'taken') = (rep_id IS NOT NULL))
) STRICT;
CREATE INDEX queries_waiting ON queries (expires_at) WHERE state = 'waiting';

CREATE TABLE declines (
    session_id TEXT NOT NULL REFERENCES queries (session_id),
    rep_id     INTEGER NOT NULL REFERENCES reps (id),
    PRIMARY KEY (session_id, rep_id)
) STRICT;
CREATE INDEX declines_of_rep ON declines (rep_id);

CREATE TABLE codes (
    code       TEXT PRIMARY KEY REFERENCES numbers (number),
    rep_id     INTEGER NOT NULL REFERENCES reps (id),
    portal_id  INTEGER NOT NULL REFERENCES portals (id),
    name       TEXT NOT NULL CHECK (name <> ''),
    name_key   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('active', 'redeemed', 'expired', 'cancelled')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX codes_active ON codes (rep_id, expires_at) WHERE state = 'active';

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY REFERENCES numbers (number),
    portal_id  INTEGER NOT NULL REFERENCES portals (id),
    rep_id     INTEGER NOT NULL REFERENCES reps (id),
    customer   TEXT NOT NULL,
    email      TEXT NOT NULL,
    question   TEXT NOT NULL,
    language   TEXT NOT NULL,
    system     TEXT NOT NULL,
    host       TEXT NOT NULL,
    token_hash BLOB UNIQUE CHECK (length(token_hash) = 32),
    posted_at  INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    joined_at  INTEGER,
    ended_at   INTEGER,
    ended_by   TEXT NOT NULL DEFAULT '',
    end_cause  INTEGER NOT NULL DEFAULT 0,
    outcome    INTEGER NOT NULL DEFAULT 0,
    notes      TEXT NOT NULL DEFAULT '',
    see        INTEGER NOT NULL CHECK (see IN (0, 1)),
    control    INTEGER NOT NULL CHECK (control IN (0, 1)),
    last_seq   INTEGER NOT NULL DEFAULT 0, -- of its newest line
    haystack   TEXT NOT NULL,              -- what searching looks through, in lower case
    CHECK ((joined_at IS NULL) = (token_hash IS NULL))
) STRICT;
CREATE INDEX sessions_open ON sessions (started_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_history ON sessions (rep_id, ended_at, id) WHERE ended_at IS NOT NULL;

CREATE TABLE lines (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL CHECK (seq > 0),
    at         INTEGER NOT NULL,
    from_id    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    text       TEXT NOT NULL,
    status     INTEGER NOT NULL,
    client_id  TEXT NOT NULL,
    PRIMARY KEY (session_id, seq)
) STRICT;
CREATE UNIQUE INDEX lines_once ON lines (session_id, from_id, client_id) WHERE client_id <> '';

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
