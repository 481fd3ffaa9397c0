import { vi } from 'vitest';
import type { Pass, ShutOut } from '../../src/renderer/station/access-pass.ts';

/** Lets the page in as the test says. */
export class FakePass implements Pass {
  shutOut: ShutOut | null = null;
  readonly signIn = vi.fn((_name: string, _password: string): Promise<void> => Promise.resolve(this.become(null)));
  readonly enterCode = vi.fn((_code: string): Promise<void> => Promise.resolve(this.become(null)));
  readonly signOut = vi.fn((): Promise<void> => Promise.resolve(this.become('signed_out')));
  readonly #listeners = new Set<() => void>();

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The station lets the page in with null, and else shuts it out. */
  become(shutOut: ShutOut | null): void {
    this.shutOut = shutOut;
    for (const listener of this.#listeners) listener();
  }
}
