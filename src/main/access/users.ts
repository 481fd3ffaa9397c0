import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { AllowedStreams, NewUser, Role, User, UserChange } from '../../shared/access.ts';
import { StationError } from '../../shared/errors.ts';
import { hashSecret, isSecret, secretHashSchema, unknowableSecret, type SecretCost } from '../secret-hash.ts';

/** Some three tenths of a second and 32 MB on a small machine: a stolen file is not soon emptied of its passwords. */
const passwordCost: SecretCost = { N: 2 ** 15, r: 8, p: 3 };

interface UserRow {
  readonly id: number;
  readonly name: string;
  readonly password_json: string;
  readonly role: Role;
  readonly streams_json: string;
  readonly is_disabled: number;
  readonly created_at_ms: number;
}

/** Who signs in with a password. */
export class Users {
  readonly #database: DatabaseSync;
  /** What the password of a name that nobody has is compared with, so that it takes as long. */
  readonly #nobody = unknowableSecret(passwordCost);

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  list(): User[] {
    return this.#database
      .prepare('SELECT * FROM users ORDER BY name_key')
      .all()
      .map((row) => userOf(row as unknown as UserRow));
  }

  find(id: number): User | null {
    const row = this.#database.prepare('SELECT * FROM users WHERE id = ?').get(id) as UserRow | undefined;
    return row ? userOf(row) : null;
  }

  /** @throws StationError `bad_setting` where the name is taken. */
  async add({ name, password, role, streams }: NewUser): Promise<User> {
    const hash = await hashSecret(normal(password), passwordCost);
    const { lastInsertRowid, changes } = this.#database
      .prepare(
        `INSERT INTO users (name, name_key, password_json, role, streams_json, created_at_ms)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name_key) DO NOTHING`,
      )
      .run(name, keyOf(name), JSON.stringify(hash), role, JSON.stringify(streams), Date.now());
    const added = changes === 0 ? null : this.find(Number(lastInsertRowid));
    if (!added) throw StationError.badSetting('There is a user of that name already.');
    return added;
  }

  /** Another password, and disabling, end what the user has signed in to. */
  async change(id: number, { password, role, streams, isDisabled }: UserChange): Promise<User | null> {
    const hash = password === undefined ? null : await hashSecret(normal(password), passwordCost);
    this.#database
      .prepare(
        `UPDATE users SET password_json = coalesce(?, password_json), role = coalesce(?, role),
          streams_json = coalesce(?, streams_json), is_disabled = coalesce(?, is_disabled) WHERE id = ?`,
      )
      .run(
        hash && JSON.stringify(hash),
        role ?? null,
        streams === undefined ? null : JSON.stringify(streams),
        isDisabled === undefined ? null : Number(isDisabled),
        id,
      );
    if (hash || isDisabled) this.#database.prepare('DELETE FROM sign_ins WHERE user_id = ?').run(id);
    return this.find(id);
  }

  remove(id: number): boolean {
    return this.#database.prepare('DELETE FROM users WHERE id = ?').run(id).changes > 0;
  }

  /** @returns The user, or null where name or password is wrong or the user is disabled, which takes as long in each case. */
  async check(name: string, password: string): Promise<User | null> {
    const row = this.#rowOf(name);
    const hash = row ? v.parse(secretHashSchema, JSON.parse(row.password_json)) : this.#nobody;
    const isRight = await isSecret(normal(password), hash);
    // What happened to the user in the meantime counts, also that it has another password now.
    const now = this.#rowOf(name);
    const isStillRight = isRight && row && now?.id === row.id && now.password_json === row.password_json;
    return isStillRight && now.is_disabled === 0 ? userOf(now) : null;
  }

  #rowOf(name: string): UserRow | undefined {
    return this.#database.prepare('SELECT * FROM users WHERE name_key = ?').get(keyOf(name)) as UserRow | undefined;
  }
}

/** Names that look alike to a person are the same name. */
export function keyOf(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

/** Keyboards differ in how they compose what looks the same (NIST SP 800-63B §3.1.1.2). */
function normal(password: string): string {
  return password.normalize('NFKC');
}

function userOf({ id, name, role, streams_json, is_disabled, created_at_ms }: UserRow): User {
  return {
    id,
    name,
    role,
    streams: JSON.parse(streams_json) as AllowedStreams,
    isDisabled: is_disabled !== 0,
    createdAtMs: created_at_ms,
  };
}
