import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkConfig, type StationConfig } from '../../src/main/config.ts';
import { changeConfigText, newConfigText, type ConfigChange } from '../../src/main/settings/config-text.ts';
import type { TrustedDirectory } from '../../src/shared/joining.ts';
import type { StreamConfig } from '../../src/shared/source.ts';

function read(text: string): StationConfig {
  const checked = checkConfig('/lab/station.json', text);
  if ('problems' in checked) throw new Error(checked.problems.join('; '));
  return checked.config;
}

function change(text: string, decide: (config: StationConfig) => ConfigChange): string {
  const config = read(text);
  return changeConfigText(text, config, decide(config));
}

function stream(id: string, changes: Partial<StreamConfig> = {}): StreamConfig {
  return { id, name: id, source: { kind: 'simulated', detector: 'dim' }, quality: 'standard', ...changes };
}

function trust(letter: string, changes: Partial<TrustedDirectory> = {}): TrustedDirectory {
  const publicKey = { kty: 'OKP', crv: 'Ed25519', x: letter.repeat(43) } as const;
  return { name: letter, url: `https://${letter}.example`, publicKey, station: 'bench', ...changes };
}

const commented = `{
  // Who we are.
  "name": "Room 2", // see the door
  "streams": [ // from left to right
    // The old one.
    {
      "id": "a",
      "name": "A", // not B
      "source": { "kind": "file", "path": "takes/a.mp4" } // relative
    }, // bench 1
    /* The new one. */
    { "id": "b", "name": "B", "source": { "kind": "simulated", "detector": "dim" },
      // Measured in May.
      "pixelSizeUm": 0.25, },
    // no more
  ],
  "lingerMs": 0
}
`;

describe('The operator’s text', () => {
  test('differs in one value where one value is changed', () => {
    expect(change(commented, () => ({ name: 'Room “3”' }))).toBe(commented.replace('Room 2', 'Room “3”'));
    const renamed = change(commented, ({ streams }) => ({
      streams: streams.map((each) => (each.id === 'b' ? { ...each, name: 'B\n"', pixelSizeUm: 0.5 } : each)),
    }));
    expect(renamed).toBe(commented.replace('"B"', '"B\\n\\""').replace('0.25', '0.5'));
  });

  test('is the same where nothing is changed', () => {
    expect(change(commented, ({ streams }) => ({ streams }))).toBe(commented);
  });

  test('gets a new key beside the last one, in the same form', () => {
    const text = change(commented, ({ streams }) => ({
      streams: streams.map((each) => ({ ...each, quality: 'high' as const })),
    }));
    expect(text).toContain('"path": "takes/a.mp4" }, // relative\n      "quality": "high"\n    }, // bench 1');
    expect(text).toContain('"pixelSizeUm": 0.25,\n      "quality": "high", },');
  });

  test('loses a key together with the comment that explains it', () => {
    const text = change(commented, ({ streams }) => ({
      streams: streams.map(({ pixelSizeUm: _gone, ...each }) => each),
    }));
    expect(text).toBe(commented.replace(/,\s*\/\/ Measured in May.\s*"pixelSizeUm": 0.25, }/, ', }'));
  });

  test('keeps each comment with its stream when streams change places', () => {
    const text = change(commented, ({ streams }) => ({ streams: streams.toReversed() }));
    expect(text).toMatch(/\/\/ from left to right\s+\/\* The new one\. \*\/\s+\{ "id": "b"/);
    expect(text).toMatch(/\/\/ The old one\.\s+\{\s+"id": "a"[^]*\}, \/\/ bench 1\s+\/\/ no more/);
    expect(change(text, ({ streams }) => ({ streams: streams.toReversed() }))).toBe(commented);
  });

  test('keeps relative paths, Windows line ends and the form of a list on one line', () => {
    const moved = change(commented.replaceAll('\n', '\r\n'), ({ streams }) => ({
      streams: [stream('new'), ...streams.toReversed()],
    }));
    expect(moved).toContain('"path": "takes/a.mp4"');
    expect(moved.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const flat = '{"streams": [{"id": "a", "name": "A", "source": {"kind": "simulated", "detector": "dim"}}]}';
    const added = change(flat, ({ streams }) => ({ streams: [...streams, stream('b')] }));
    expect(added).toBe(flat.replace(']', `, ${JSON.stringify(stream('b'))}]`));
  });

  test('gets the streams spelled out where it had none', () => {
    const text = change('{ // ours\n  "lingerMs": 5\n}\n', ({ streams }) => ({ streams: streams.slice(1) }));
    expect(text).toMatch(/^\{ \/\/ ours\n {2}"lingerMs": 5,\n {2}"streams": \[\n {4}\{\n {6}"id": "fluorescence",/);
    expect(read(change('{}', () => ({ name: 'Lab' })))).toMatchObject({ name: 'Lab' });
  });

  test('gets another directory to trust, changes its address in its place, and loses it with its comment', () => {
    const withTrusts = `{\n  // Whom we let in.\n  "trusts": [\n    // The institute.\n    ${JSON.stringify(trust('a'))}\n  ]\n}\n`;
    const added = change(withTrusts, ({ trusts }) => ({ trusts: [...trusts, trust('b')] }));
    expect(added).toContain(`// The institute.\n    ${JSON.stringify(trust('a'))},\n    {\n      "name": "b",`);
    const moved = change(withTrusts, () => ({ trusts: [trust('a', { url: 'https://new.example', station: 'x' })] }));
    expect(moved).toBe(withTrusts.replace('https://a.example', 'https://new.example').replace('bench', 'x'));
    const left = change(withTrusts, () => ({ trusts: [] }));
    expect([left.includes('// Whom we let in.'), left.includes('institute'), read(left).trusts]).toEqual([
      true,
      false,
      [],
    ]);
    expect(read(change('{}', () => ({ trusts: [trust('a')] }))).trusts).toEqual([trust('a')]);
  });

  test('of a new file says what runs, and of the default configuration what it is', () => {
    const { name, streams, trusts } = read('{}');
    expect(read(newConfigText({ name, streams, trusts }))).toEqual(read('{}'));
    const running = { name: 'Lab', streams: streams.slice(1), trusts: [trust('a')] };
    expect(read(newConfigText(running))).toMatchObject(running);
    expect(newConfigText({ name, streams, trusts })).not.toMatch(new RegExp(`"trusts"|${JSON.stringify(name)}`));
  });

  test('of the example keeps every comment through every change that keeps all streams', async () => {
    const example = await readFile('resources/station.example.json', 'utf8');
    const text = change(example, ({ streams }) => ({
      name: 'Elsewhere',
      streams: [stream('new'), ...streams.toReversed().map((each) => ({ ...each, pixelSizeUm: 2 }))],
    }));
    const comments = (of: string) => (of.match(/^\s*\/\/.*$/gm) ?? []).map((line) => line.trim()).sort();
    expect(comments(text)).toEqual(comments(example));
  });
});

describe('Whatever the form of the text', () => {
  /** White space and comments, as they may stand between any two tokens. */
  const trivia = fc.constantFrom(
    '',
    ' ',
    '\n',
    '\r\n  ',
    ' // [ “x”, {\n',
    '\n\t// ,\n',
    '/* } , */',
    '\n/* two\n lines */ ',
  );
  const streams = fc.uniqueArray(
    fc.record(
      {
        id: fc.stringMatching(/^[a-z][a-z0-9-]{0,3}$/),
        name: fc.string({ minLength: 1, unit: 'grapheme' }).filter((name) => name.trim() === name),
        quality: fc.constantFrom('economy', 'standard', 'high'),
        pixelSizeUm: fc.double({ min: 1e-9, max: 1e4, noNaN: true }),
        source: fc.constant({ kind: 'simulated' as const, detector: 'dim' as const }),
      },
      { requiredKeys: ['id', 'name', 'source', 'quality'] },
    ),
    { selector: ({ id }) => id, minLength: 1, maxLength: 6 },
  );

  test('it says after a change what was wanted, and nothing else has changed', () => {
    fc.assert(
      fc.property(streams, streams, fc.infiniteStream(trivia), fc.boolean(), (present, wanted, gaps, hasComma) => {
        const text = print({ streams: present, lingerMs: 7 }, () => String(gaps.next().value), hasComma ? ',' : '');
        const changed = changeConfigText(text, read(text), { name: 'Lab', streams: wanted });
        expect(read(changed)).toEqual({ ...read(text), name: 'Lab', streams: wanted });
      }),
    );
  });

  /** JSON with something between any two tokens. */
  function print(value: unknown, gap: () => string, lastComma: string): string {
    const list = (parts: readonly string[]) => parts.join(`${gap()},`) + (parts.length > 0 ? gap() + lastComma : '');
    const inner = (part: unknown) => gap() + print(part, gap, lastComma) + gap();
    if (Array.isArray(value)) return `[${list(value.map(inner))}${gap()}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const properties = Object.entries(value).map(
      ([key, part]) => `${gap()}${JSON.stringify(key)}${gap()}:${inner(part)}`,
    );
    return `{${list(properties)}${gap()}}`;
  }
});
