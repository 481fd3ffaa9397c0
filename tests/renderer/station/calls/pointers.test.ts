import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { lineLifeMs, pointLifeMs, Pointers } from '../../../../src/renderer/station/calls/pointers.ts';
import type { PointerMessage } from '../../../../src/shared/calls.ts';

let nowMs: number;
let sent: PointerMessage[];
let later: (() => void)[];
let pointers: Pointers;

beforeEach(() => {
  nowMs = 1_700_000_000_000;
  sent = [];
  later = [];
  pointers = new Pointers({
    send: (message) => sent.push(message) > 0,
    onChange: () => undefined,
    nowMs: () => nowMs,
    after: (_delayMs, run) => later.push(run),
  });
});

/** Lets the time pass that the sender waits, again and again, until it has said all. */
function sendAll(): void {
  for (let next = later.shift(); next; next = later.shift()) next();
}

const hear = (message: object) => pointers.hear(JSON.stringify(message));
const pointAt = (x: number, y: number) => ({ kind: 'point', stream: 'dim', at: [x, y] });

describe('What somebody points at', () => {
  it('is seen at the same place of the picture, and fades away', () => {
    hear(pointAt(0.25, 0.75));
    expect(pointers.marks).toMatchObject([{ from: 'peer', stream: 'dim', points: [[0.25, 0.75]] }]);
    nowMs += pointLifeMs - 1;
    expect(pointers.marks).toHaveLength(1);
    nowMs += 1;
    expect(pointers.marks).toEqual([]);
  });

  it('is a line that grows, as long as it is drawn', () => {
    hear({ kind: 'stroke', stream: 'dim', id: 1, points: [[0, 0]] });
    nowMs += lineLifeMs - 1;
    hear({
      kind: 'stroke',
      stream: 'dim',
      id: 1,
      points: [
        [0.5, 0.5],
        [1, 1],
      ],
    });
    nowMs += lineLifeMs - 1;
    expect(pointers.marks).toMatchObject([
      {
        points: [
          [0, 0],
          [0.5, 0.5],
          [1, 1],
        ],
      },
    ]);
  });

  it('is cleared on one picture by either end, and stays on the others', () => {
    pointers.point('dim', [0, 0]);
    pointers.point('bright', [0, 0]);
    hear({ kind: 'clear', stream: 'dim' });
    expect(pointers.marks.map(({ stream }) => stream)).toEqual(['bright']);
  });

  it('is said 25 times a second at most: of a pointer that moves faster, the newest place', () => {
    for (let step = 0; step <= 100; step++) pointers.point('dim', [step / 100, 0]);
    sendAll();
    expect(sent).toEqual([pointAt(0, 0), pointAt(1, 0)]);
  });

  it('is said whole, however fast a line is drawn', () => {
    for (let step = 0; step < 40; step++) pointers.draw('dim', 1, [[step / 40, 0]]);
    sendAll();
    expect(sent.flatMap((message) => (message.kind === 'stroke' ? message.points : []))).toHaveLength(40);
  });
});

describe('Whatever the other end says', () => {
  it.each([
    ['a place beside the picture', pointAt(1.5, 0)],
    ['a place that is no number', { kind: 'point', stream: 'dim', at: [null, 0] }],
    ['a line without points', { kind: 'stroke', stream: 'dim', id: 1, points: [] }],
    [
      'a line of more points than one message has',
      { kind: 'stroke', stream: 'dim', id: 1, points: Array.from({ length: 65 }, () => [0, 0]) },
    ],
    ['another kind', { kind: 'shout', stream: 'dim' }],
  ])('%s is not drawn', (_what, message) => {
    hear(message);
    expect(pointers.marks).toEqual([]);
  });

  it('it draws no more than a person could: 50 messages a second, 40 marks', () => {
    for (let id = 0; id < 500; id++) hear({ kind: 'stroke', stream: `s${id}`, id, points: [[0, 0]] });
    expect(pointers.marks.length).toBeLessThanOrEqual(40);
    hear(pointAt(0, 0));
    expect(pointers.marks.some(({ stream }) => stream === 'dim')).toBe(false);
    nowMs += 1_000;
    hear(pointAt(0, 0));
    expect(pointers.marks.some(({ stream }) => stream === 'dim')).toBe(true);
  });

  it('it is taken or left, and breaks nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        nowMs += 1_000;
        pointers.hear(text);
        expect(pointers.marks.length).toBeLessThanOrEqual(40);
      }),
    );
  });
});
