import type { DatabaseSync } from 'node:sqlite';
import type { AllowedStreams, Role, User } from '../../shared/access.ts';
import type { Standing } from './rights.ts';
import { hashOfToken, newSecretToken } from './secret-token.ts';

/** A day at the microscope, as a guest link lasts. */
const lifeMs = 12 * 3_600_000;
const prefix = 'eyr_';

/** What somebody who has signed in gets tokens for. */
export interface SignIn {
  readonly id: number;
  readonly userId: number;
  readonly remainingMs: number;
}

/** Who has signed in, from the password to signing out. They outlive a restart of the station. */
export class SignIns {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#forgetExpired();
  }

  /** @returns The refresh token too, of which only a hash is kept. */
  open({ id: userId }: User): SignIn & { readonly refreshToken: string } {
    // A station runs for months.
    this.#forgetExpired();
    const refreshToken = newSecretToken(prefix);
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO sign_ins (user_id, refresh_hash, expires_at_ms) VALUES (?, ?, ?)')
      .run(userId, hashOfToken(refreshToken), Date.now() + lifeMs);
    return { id: Number(lastInsertRowid), userId, remainingMs: lifeMs, refreshToken };
  }

  /** The sign-in that a refresh token stands for, or null where it is none of ours or its time is over. */
  find(refreshToken: string): SignIn | null {
    const nowMs = Date.now();
    const row = this.#database
      .prepare('SELECT id, user_id, expires_at_ms FROM sign_ins WHERE refresh_hash = ? AND expires_at_ms > ?')
      .get(hashOfToken(refreshToken), nowMs) as
      { readonly id: number; readonly user_id: number; readonly expires_at_ms: number } | undefined;
    return row ? { id: row.id, userId: row.user_id, remainingMs: row.expires_at_ms - nowMs } : null;
  }

  /** What whoever signed in may do now, and is called; null where the sign-in has ended. */
  standing(id: number): (Standing & { readonly name: string }) | null {
    const row = this.#database
      .prepare(
        `SELECT name, role, streams_json FROM sign_ins JOIN users ON users.id = user_id
        WHERE sign_ins.id = ? AND expires_at_ms > ? AND NOT is_disabled`,
      )
      .get(id, Date.now()) as { readonly name: string; readonly role: Role; readonly streams_json: string } | undefined;
    return row ? { name: row.name, role: row.role, streams: JSON.parse(row.streams_json) as AllowedStreams } : null;
  }

  /** Idempotent. */
  end(id: number): void {
    this.#database.prepare('DELETE FROM sign_ins WHERE id = ?').run(id);
  }

  #forgetExpired(): void {
    this.#database.prepare('DELETE FROM sign_ins WHERE expires_at_ms <= ?').run(Date.now());
  }
}
