-- The account model: teams, roles, subportals, settings, seats. What is there is brought along: every company gets a
-- team of its name with all its reps in it, every portal one subportal, and who served the portal serves that.

-- +goose Up

-- Tables that others refer to are emptied and filled again below; what refers to them is checked at the end.
PRAGMA defer_foreign_keys = ON;

ALTER TABLE companies ADD COLUMN seats INTEGER NOT NULL DEFAULT 0 CHECK (seats >= 0); -- reps logged in at once; 0 = no limit
ALTER TABLE companies ADD COLUMN password_days INTEGER NOT NULL DEFAULT 0 CHECK (password_days BETWEEN 0 AND 3650); -- 0 = for ever

CREATE TABLE teams (
    id            INTEGER PRIMARY KEY,
    company_id    INTEGER NOT NULL REFERENCES companies (id),
    parent_id     INTEGER REFERENCES teams (id) CHECK (parent_id <> id),
    name          TEXT NOT NULL CHECK (name <> ''),
    name_key      TEXT NOT NULL,
    logins        INTEGER CHECK (logins > 0),                        -- reps logged in at once; NULL = no limit
    password_days INTEGER CHECK (password_days BETWEEN 0 AND 3650),  -- NULL = as the team above or the company has it
    UNIQUE (company_id, name_key)
) STRICT;
CREATE INDEX teams_below ON teams (parent_id);

INSERT INTO teams (company_id, name, name_key) SELECT id, name, name_key FROM companies;

-- Every team with each team above it and how many steps that is; itself is 0 steps. Made anew when a team moves.
CREATE TABLE team_tree (
    team_id  INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    above_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    steps    INTEGER NOT NULL CHECK (steps >= 0),
    PRIMARY KEY (team_id, above_id),
    CHECK ((steps = 0) = (team_id = above_id))
) STRICT;
CREATE INDEX team_tree_below ON team_tree (above_id);

INSERT INTO team_tree (team_id, above_id, steps) SELECT id, id, 0 FROM teams;

CREATE TABLE old_reps AS SELECT * FROM reps;
DROP TABLE reps;
CREATE TABLE reps (
    id              INTEGER PRIMARY KEY,
    company_id      INTEGER NOT NULL REFERENCES companies (id),
    team_id         INTEGER REFERENCES teams (id),
    role            TEXT NOT NULL CHECK (role IN ('rep', 'team_manager', 'company_manager', 'api_manager')),
    login           TEXT NOT NULL CHECK (login <> ''),
    login_key       TEXT NOT NULL CHECK (login_key = lower(login_key)),
    name            TEXT NOT NULL,
    screen_name     TEXT NOT NULL,
    email           TEXT NOT NULL DEFAULT '',
    email_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (email_confirmed IN (0, 1)),
    notes           TEXT NOT NULL DEFAULT '',
    tags            TEXT NOT NULL DEFAULT '', -- words with a space between each two
    password_hash   TEXT NOT NULL CHECK (password_hash = '' OR password_hash LIKE '$argon2id$%'),
    password_set_at INTEGER,
    must_change     INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    totp_secret     BLOB,                     -- sealed with the key beside the database
    totp_confirmed  INTEGER NOT NULL DEFAULT 0 CHECK (totp_confirmed IN (0, 1)),
    totp_step       INTEGER NOT NULL DEFAULT 0, -- the newest one used
    active          INTEGER NOT NULL CHECK (active IN (0, 1)),
    removed_at      INTEGER,                  -- history refers to it, nothing else finds it any more
    CHECK (removed_at IS NOT NULL OR (role = 'rep') = (team_id IS NOT NULL)),
    CHECK (removed_at IS NULL OR active = 0),
    CHECK (totp_confirmed = 0 OR totp_secret IS NOT NULL)
) STRICT;
INSERT INTO reps (id, company_id, team_id, role, login, login_key, name, screen_name, password_hash, active)
    SELECT o.id, o.company_id, t.id, 'rep', o.login, o.login_key, o.name, o.screen_name, o.password_hash, o.active
    FROM old_reps o JOIN teams t ON t.company_id = o.company_id;
CREATE INDEX reps_of_company ON reps (company_id);
CREATE INDEX reps_of_team ON reps (team_id);
CREATE UNIQUE INDEX reps_login ON reps (login_key) WHERE removed_at IS NULL;

CREATE TABLE rep_settings (
    rep_id INTEGER NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    name   TEXT NOT NULL,
    value  INTEGER NOT NULL,
    PRIMARY KEY (rep_id, name)
) STRICT;
INSERT INTO rep_settings (rep_id, name, value) SELECT id, 'max_codes', max_codes FROM old_reps WHERE max_codes <> 8;
DROP TABLE old_reps;

CREATE TABLE team_settings (
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    value   INTEGER NOT NULL,
    PRIMARY KEY (team_id, name)
) STRICT;

CREATE TABLE old_portals AS SELECT * FROM portals;
DROP TABLE portals;
CREATE TABLE portals (
    id             INTEGER PRIMARY KEY,
    company_id     INTEGER NOT NULL REFERENCES companies (id),
    slug           TEXT NOT NULL CHECK (slug = lower(slug) AND length(slug) BETWEEN 1 AND 64),
    name           TEXT NOT NULL CHECK (name <> ''),
    kind           TEXT NOT NULL CHECK (kind IN ('question', 'button', 'match', 'code')),
    mode           TEXT NOT NULL CHECK (mode IN ('web', 'queue', 'phone')),
    query_lifetime INTEGER NOT NULL CHECK (query_lifetime > 0), -- milliseconds
    ask_name       TEXT NOT NULL DEFAULT 'optional' CHECK (ask_name IN ('off', 'optional', 'required')),
    ask_email      TEXT NOT NULL DEFAULT 'optional' CHECK (ask_email IN ('off', 'optional', 'required')),
    ask_question   TEXT NOT NULL DEFAULT 'required' CHECK (ask_question IN ('off', 'optional', 'required')),
    removed_at     INTEGER,
    CHECK ((mode = 'phone') = (kind = 'code')),
    CHECK (mode <> 'queue' OR kind = 'question')
) STRICT;
INSERT INTO portals (id, company_id, slug, name, kind, mode, query_lifetime)
    SELECT id, company_id, slug, name, kind, mode, query_lifetime FROM old_portals;
CREATE INDEX portals_of_company ON portals (company_id);
CREATE UNIQUE INDEX portals_slug ON portals (slug) WHERE removed_at IS NULL;

CREATE TABLE portal_settings (
    portal_id INTEGER NOT NULL REFERENCES portals (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    value     INTEGER NOT NULL,
    PRIMARY KEY (portal_id, name)
) STRICT;
INSERT INTO portal_settings (portal_id, name, value)
    SELECT id, 'see', 0 FROM old_portals WHERE NOT see
    UNION ALL SELECT id, 'control', 0 FROM old_portals WHERE NOT control
    UNION ALL SELECT id, 'code_lifetime', code_lifetime FROM old_portals WHERE code_lifetime <> 3600000;
DROP TABLE old_portals;

CREATE TABLE subportals (
    id        INTEGER PRIMARY KEY,
    portal_id INTEGER NOT NULL REFERENCES portals (id),
    slug      TEXT NOT NULL CHECK (slug = lower(slug) AND length(slug) BETWEEN 1 AND 64),
    name      TEXT NOT NULL CHECK (name <> ''),
    UNIQUE (portal_id, slug)
) STRICT;
INSERT INTO subportals (portal_id, slug, name) SELECT id, 'main', name FROM portals;

CREATE TABLE subportal_reps (
    subportal_id INTEGER NOT NULL REFERENCES subportals (id) ON DELETE CASCADE,
    rep_id       INTEGER NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    PRIMARY KEY (subportal_id, rep_id)
) STRICT;
CREATE INDEX subportal_reps_of_rep ON subportal_reps (rep_id);
INSERT INTO subportal_reps (subportal_id, rep_id)
    SELECT s.id, a.rep_id FROM portal_reps a JOIN subportals s ON s.portal_id = a.portal_id;
DROP TABLE portal_reps;

CREATE TABLE subportal_teams (
    subportal_id INTEGER NOT NULL REFERENCES subportals (id) ON DELETE CASCADE,
    team_id      INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    PRIMARY KEY (subportal_id, team_id)
) STRICT;
CREATE INDEX subportal_teams_of_team ON subportal_teams (team_id);

-- Who serves which subportal: by name, or because the own team or one above it does.
CREATE VIEW serving AS
    SELECT a.subportal_id, r.id AS rep_id FROM subportal_reps a JOIN reps r ON r.id = a.rep_id
        WHERE r.active AND r.role = 'rep'
    UNION
    SELECT a.subportal_id, r.id FROM subportal_teams a JOIN team_tree t ON t.above_id = a.team_id
        JOIN reps r ON r.team_id = t.team_id WHERE r.active AND r.role = 'rep';

CREATE TABLE manager_teams (
    rep_id  INTEGER NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    team_id INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    PRIMARY KEY (rep_id, team_id)
) STRICT;
CREATE TABLE manager_duties (
    rep_id INTEGER NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    duty   TEXT NOT NULL,
    PRIMARY KEY (rep_id, duty)
) STRICT;

-- A login that was ended for another rep's sake keeps its sessions and gets no new ones.
ALTER TABLE logins ADD COLUMN displaced_at INTEGER;
CREATE VIEW displaced AS
    SELECT rep_id FROM logins GROUP BY rep_id HAVING COUNT(*) = COUNT(displaced_at);

-- Networks and devices from which a rep has logged in; those keep their own number of tries when strangers guess.
CREATE TABLE familiar (
    rep_id  INTEGER NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    place   BLOB NOT NULL CHECK (length(place) = 32),
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (rep_id, place)
) STRICT;

CREATE TABLE resets (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    rep_id     INTEGER NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX resets_of_rep ON resets (rep_id);

ALTER TABLE queries ADD COLUMN subportal_id INTEGER REFERENCES subportals (id);
ALTER TABLE queries ADD COLUMN wanted_id INTEGER REFERENCES reps (id); -- match portals: the rep who was chosen
UPDATE queries SET subportal_id = (SELECT s.id FROM subportals s WHERE s.portal_id = queries.portal_id);
CREATE INDEX queries_of_subportal ON queries (subportal_id);

ALTER TABLE sessions ADD COLUMN functions TEXT NOT NULL DEFAULT ''; -- what portal and rep allowed when it started
UPDATE sessions SET functions = CASE WHEN control THEN 'see control' WHEN see THEN 'see' ELSE '' END;
ALTER TABLE sessions DROP COLUMN see;
ALTER TABLE sessions DROP COLUMN control;

-- Counts the changes of accounts, so that whoever keeps a copy knows when to read again.
CREATE TABLE revision (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n   INTEGER NOT NULL
) STRICT;
INSERT INTO revision (one, n) VALUES (1, 1);
