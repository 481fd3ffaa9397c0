/** What `access.db` has become, step by step (`openDatabase`). */
export const migrations: readonly string[] = [
  `CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    password_json TEXT NOT NULL,
    role TEXT NOT NULL,
    streams_json TEXT NOT NULL,
    is_disabled INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE sign_ins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    refresh_hash BLOB NOT NULL UNIQUE,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sign_ins_by_user ON sign_ins (user_id);`,

  `CREATE TABLE machine_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    streams_json TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;`,

  `CREATE TABLE visits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    stream_id TEXT NOT NULL,
    address TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    is_present INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX visits_by_end ON visits (until_ms);
  CREATE INDEX visits_present ON visits (id) WHERE is_present;`,
];
