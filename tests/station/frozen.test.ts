import { describe, expect, test } from 'vitest';
import { FrozenWatch } from '../../src/main/station/frozen.ts';
import { reading } from './pictures.ts';

interface Pictures {
  readonly everyMs?: number;
  readonly exposureMs?: number;
}

/** A detector that is read for the test; its clock stands at `nowMs`. */
class Detector {
  readonly watch = new FrozenWatch();
  nowMs = 0;
  #number = 0;
  #hash = '';

  /** Each with noise of its own. */
  noisy(count: number, pictures?: Pictures): this {
    return this.#show(count, (number) => `noise ${number}`, pictures);
  }

  same(count: number, pictures?: Pictures): this {
    return this.#show(count, () => this.#hash, pictures);
  }

  /** Reads the newest picture once more. */
  again(): void {
    this.watch.take({ ...reading(this.#number), hash: this.#hash }, (this.nowMs += 100));
  }

  #show(count: number, hash: (number: number) => string, { everyMs = 100, exposureMs }: Pictures = {}): this {
    for (let shown = 0; shown < count; shown++) {
      this.nowMs += everyMs;
      this.#number++;
      this.#hash = hash(this.#number);
      this.watch.take({ ...reading(this.#number, exposureMs), hash: this.#hash }, this.nowMs);
    }
    return this;
  }
}

describe('a detector is frozen', () => {
  test('when a noisy one gives the same picture for two seconds, since that picture', () => {
    const detector = new Detector().noisy(30);
    const lastNewMs = detector.nowMs;
    expect(detector.same(19).watch.sinceMs).toBeNull();
    expect(detector.same(1).watch.sinceMs).toBe(lastNewMs);
    expect(detector.same(100).watch.sinceMs).toBe(lastNewMs);
  });

  test('when a slow one gives the same picture five times and over two and a half exposures', () => {
    const slow = { everyMs: 2_000, exposureMs: 2_000 };
    expect(new Detector().noisy(30, slow).same(4, slow).watch.sinceMs).toBeNull();
    expect(new Detector().noisy(30, slow).same(5, slow).watch.sinceMs).toBe(60_000);
    const long = { everyMs: 500, exposureMs: 2_000 };
    expect(new Detector().noisy(30, long).same(9, long).watch.sinceMs).toBeNull();
    expect(new Detector().noisy(30, long).same(10, long).watch.sinceMs).not.toBeNull();
  });

  test('no more with the first picture that differs, and again when it freezes again', () => {
    const detector = new Detector().noisy(30).same(50).noisy(1);
    expect(detector.watch.sinceMs).toBeNull();
    expect(detector.noisy(5).same(50).watch.sinceMs).not.toBeNull();
  });
});

describe('a detector is never called frozen', () => {
  test('for a picture without noise that stands still', () => {
    expect(new Detector().noisy(1).same(1_000).watch.sinceMs).toBeNull();
  });

  test('before its noise was seen for twenty pictures', () => {
    expect(new Detector().noisy(19).same(1_000).noisy(30).same(1_000).watch.sinceMs).toBeNull();
  });

  test('where pictures had repeated for a moment before', () => {
    expect(new Detector().noisy(30).same(1).noisy(30).same(1_000).watch.sinceMs).toBeNull();
  });

  test('for one picture that is measured again and again', () => {
    const detector = new Detector().noisy(30);
    for (let count = 0; count < 100; count++) detector.again();
    expect(detector.watch.sinceMs).toBeNull();
  });

  test('by what was learned of another Capture', () => {
    const detector = new Detector().noisy(30).same(50);
    detector.watch.reset();
    expect(detector.watch.sinceMs).toBeNull();
    expect(detector.same(1_000).watch.sinceMs).toBeNull();
  });
});
