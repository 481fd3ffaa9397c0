import { expect, it } from 'vitest';
import { attack, whyNoAttack } from '../support/attack/report.ts';

const missing = await whyNoAttack();

it(
  'junk at every door and port, and more offers than a station takes, break nothing',
  { timeout: 60_000 },
  async ({ skip }) => {
    if (missing !== null) skip(missing);
    const junk = { requests: 400, sdps: 200, messages: 35, datagrams: 20_000 };
    const { wrong, mistakes, answers, keptShare } = await attack({ seed: 1, quietMs: 0, ...junk, offersForS: 1 });
    expect({ wrong, mistakes }).toEqual({ wrong: [], mistakes: [] });
    expect(answers[429]).toBeGreaterThan(0);
    // How many pictures are kept is a figure of the bench; here it is whether they go on at all.
    expect(keptShare).toBeGreaterThan(0);
  },
);
