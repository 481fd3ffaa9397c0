import { describe, expect, test } from 'vitest';
import { ladderOf } from '../../src/main/station/bitrates.ts';
import { LinkChoice, type LinkSight } from '../../src/main/station/link-choice.ts';

const ladder = ladderOf('standard', [1, 2, 4]);

interface Seen extends Partial<Omit<LinkSight, 'rendition'>> {
  /** What the pictures take at full size, where they may. */
  readonly neededKbitPerS?: number;
}

/** A link that is looked at once a second, with a Viewer that is sent what was chosen. */
class Link {
  readonly choice = new LinkChoice();
  readonly ladder = ladder;
  second = 0;

  /** Such as `1@4000`: the scale, and what may be used. */
  get sent(): string {
    const { scale, kbitPerS } = this.#rung;
    return `${scale}@${kbitPerS}`;
  }

  /** What is sent after each of so many seconds. */
  look(seconds: number, see: Seen | ((link: Link) => Seen) = {}): string[] {
    return Array.from({ length: seconds }, () => {
      const { neededKbitPerS = 10_000, ...seen } = typeof see === 'function' ? see(this) : see;
      const sight = { availableKbitPerS: null, lossShare: 0, backlogBytes: 0, skippedFrames: 0, ...seen };
      this.choice.observe({ ...sight, rendition: this.rendition(neededKbitPerS) }, this.ladder, ++this.second * 1_000);
      return this.sent;
    });
  }

  rendition(neededKbitPerS: number): LinkSight['rendition'] {
    const { scale, kbitPerS: maxKbitPerS } = this.#rung;
    const share = { 1: 1, 2: 3 / 8, 4: 1 / 8 }[scale];
    return { scale, maxKbitPerS, kbitPerS: Math.min(maxKbitPerS, neededKbitPerS * share) };
  }

  get #rung() {
    return this.choice.best(this.ladder);
  }
}

/** A link with a full queue of so many kbit/s: what is more is lost. */
const narrow =
  (kbitPerS: number, neededKbitPerS = 10_000) =>
  (link: Link) => {
    const sent = link.rendition(neededKbitPerS).kbitPerS;
    return { neededKbitPerS, lossShare: Math.max(0, 1 - kbitPerS / sent) };
  };

describe('a Viewer is sent less', () => {
  test('after three seconds in which a tenth or more is lost, as much less as got through', () => {
    const link = new Link();
    expect(link.look(2, { lossShare: 0.3 })).toEqual(['1@4000', '1@4000']);
    // 0.7 of 4000 got through, less some headroom.
    expect(link.look(1, { lossShare: 0.3 })).toEqual(['1@2000']);
  });

  test('not where five per cent are lost, however long', () => {
    expect(new Set(new Link().look(300, { lossShare: 0.05 }))).toEqual(new Set(['1@4000']));
  });

  test('not for one bad second, nor for two', () => {
    const link = new Link();
    for (let round = 0; round < 20; round++) {
      link.look(2, { lossShare: 0.5 });
      expect(link.look(3)).toEqual(['1@4000', '1@4000', '1@4000']);
    }
  });

  test('where its Player says that the link carries less, at once in the size that fits', () => {
    const link = new Link();
    link.look(5, { availableKbitPerS: 5_000 });
    expect(link.look(3, { availableKbitPerS: 800 }).at(-1)).toBe('2@750');
  });

  test('not while the Player’s estimate still grows, as it does for half a minute when pictures get lively', () => {
    let availableKbitPerS = 300;
    const all = new Link().look(60, () => ({ availableKbitPerS: (availableKbitPerS *= 1.08) }));
    expect(new Set(all)).toEqual(new Set(['1@4000']));
  });

  test('not for an estimate that falls once and recovers, as on a machine that was busy', () => {
    const link = new Link();
    link.look(5, { availableKbitPerS: 5_000 });
    let availableKbitPerS = 2_000;
    expect(new Set(link.look(8, () => ({ availableKbitPerS: (availableKbitPerS *= 1.05) })))).toEqual(
      new Set(['1@4000']),
    );
  });

  test('where pictures had to be left out, or wait for long', () => {
    const skipping = new Link();
    expect(skipping.look(3, ({ second }) => ({ skippedFrames: second + 1 })).at(-1)).toBe('1@2800');
    expect(new Link().look(3, { backlogBytes: 1_000_000 }).at(-1)).toBe('1@2800');
  });

  test('down to the least, and never nothing', () => {
    expect(new Link().look(60, { lossShare: 0.6 }).at(-1)).toBe('4@125');
  });

  test('in a smaller size rather than with less than half of the bits that its size may use', () => {
    expect(new Link().look(3, { lossShare: 0.6 }).at(-1)).toBe('2@1050');
  });

  test('in the size that carries simple pictures, which take less than they may', () => {
    const link = new Link();
    link.look(10, narrow(400, 600));
    expect(link.sent).toBe('2@1500');
    expect(link.rendition(600).kbitPerS).toBe(225);
  });

  test('once, and not again for what was lost before', () => {
    const link = new Link();
    link.look(3, { lossShare: 0.4 });
    const before = link.sent;
    expect(link.look(3, { lossShare: 0.4 })).toEqual([before, before, before]);
    expect(link.look(5)).toEqual(Array(5).fill(before));
  });
});

describe('a Viewer is sent more again', () => {
  test('a rung at a time, late and then sooner, once the link is good', () => {
    const link = new Link();
    link.look(3, { lossShare: 0.8 });
    expect(link.sent).toBe('4@500');
    const all = link.look(60);
    expect(all.slice(0, 9)).toEqual(Array(9).fill('4@500'));
    const changes = all.flatMap((sent, second) => (sent === (all[second - 1] ?? '4@500') ? [] : [`${second} ${sent}`]));
    expect(changes).toEqual(['9 2@750', '14 2@1050', '19 2@1500', '24 1@2000', '29 1@2800', '34 1@4000']);
  });

  test('at once as much as simple pictures need', () => {
    const link = new Link();
    link.look(3, { neededKbitPerS: 600, lossShare: 0.5 });
    expect(link.sent).toBe('2@1500');
    const all = link.look(20, { neededKbitPerS: 600 });
    expect(all.indexOf('1@2000')).toBe(9);
    expect(all.indexOf('1@4000')).toBe(14);
  });

  test('ever more rarely where each try fails, and then at least every two minutes', () => {
    const link = new Link();
    const all = link.look(1_200, narrow(1_000));
    const tries = all.flatMap((sent, second) => (sent === '2@1050' && all[second - 1] === '2@750' ? second : []));
    const gaps = tries.slice(1).map((second, index) => second - (tries[index] ?? 0));
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
    expect(gaps[0]).toBeLessThan(30);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(120);
    expect(gaps.at(-1)).toBeLessThan(130);
    const full = all.filter((sent) => sent.startsWith('1@'));
    expect(full).toEqual(['1@4000', '1@4000']);
  });

  test('as soon as at first after a link was good for half a minute', () => {
    const link = new Link();
    link.look(300, narrow(1_000));
    link.look(200);
    expect(link.sent).toBe('1@4000');
    link.look(3, { lossShare: 0.8 });
    expect(link.look(10).at(-1)).toBe('2@750');
  });
});

describe('a Viewer that is shown small', () => {
  test('is sent less of the small size where its link is weak, and keeps that in mind for when it is shown large', () => {
    const small = ladderOf('standard', [4]);
    const choice = new LinkChoice();
    const see = (seconds: number, lossShare: number, from: number, offered = small) => {
      for (let second = 0; second < seconds; second++) {
        const rendition = { scale: 4, kbitPerS: 500, maxKbitPerS: 500 } as const;
        const sight = { rendition, availableKbitPerS: null, lossShare, backlogBytes: 0, skippedFrames: 0 };
        choice.observe(sight, offered, (from + second) * 1_000);
      }
    };
    see(3, 0.5, 0);
    expect(choice.best(small)).toEqual({ scale: 4, kbitPerS: 175 });
    expect(choice.best(ladder)).toEqual({ scale: 4, kbitPerS: 175 });
    expect(choice.best(ladderOf('standard', [1]))).toEqual({ scale: 1, kbitPerS: 1_000 });
    see(9, 0, 3, ladder);
    expect(choice.best(ladder).scale).toBe(4);
  });
});
