import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Refusal } from '../../../src/renderer/station/client.ts';
import { TicketPass } from '../../../src/renderer/station/ticket-pass.ts';
import type { Connection } from '../../../src/shared/directory.ts';

const baseUrl = new URL('http://192.0.2.7:8081/');
const quarterMs = 15 * 60_000;
const stateUrl = new URL('api/state', baseUrl);

/** What the station was asked, with which ticket. */
let seen: string[];
/** How it answers to a ticket. */
let statusOf: (ticket: string) => number;
let askAgain: ReturnType<typeof vi.fn<() => Promise<Connection>>>;
let onEnded: ReturnType<typeof vi.fn<(why: Refusal) => void>>;
let given: number;

function ticket(lastsMs = quarterMs): Connection {
  given += 1;
  return {
    robot_id: 'bench',
    webrtc_url: 'http://192.0.2.7:8081',
    message: '',
    ticket: `ticket-${given}`,
    ticket_expires_in_ms: lastsMs,
    booking_until_ms: null,
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  given = 0;
  seen = [];
  statusOf = () => 200;
  askAgain = vi.fn(() => Promise.resolve(ticket()));
  onEnded = vi.fn();
  vi.stubGlobal('fetch', (url: URL, { headers }: { readonly headers: Record<string, string> }) => {
    const used = headers['authorization']?.replace('Bearer ', '') ?? 'nothing';
    seen.push(`${url.pathname} ${used}`);
    return Promise.resolve(new Response('{}', { status: statusOf(used) }));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const open = (first = ticket()): TicketPass => new TicketPass({ baseUrl, first, askAgain, onEnded });

describe('The ticket of a page at another station', () => {
  test('is renewed a minute before it ends, and shown to the station by itself, again and again', async () => {
    open();
    await vi.advanceTimersByTimeAsync(quarterMs - 61_000);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(seen).toEqual(['/api/me ticket-2']);
    await vi.advanceTimersByTimeAsync(quarterMs);
    expect(seen).toEqual(['/api/me ticket-2', '/api/me ticket-3']);
  });

  test('that the station takes no more is renewed at once', async () => {
    statusOf = (used) => (used === 'ticket-1' ? 401 : 200);
    const answer = await open().fetch(stateUrl, {});
    expect(answer.status).toBe(200);
    expect(seen).toEqual(['/api/state ticket-1', '/api/state ticket-2']);
    expect(onEnded).not.toHaveBeenCalled();
  });

  test('ends where the station takes none of this directory', async () => {
    statusOf = () => 401;
    const pass = open();
    await expect(pass.fetch(stateUrl, {})).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(onEnded).toHaveBeenCalledOnce();
    await expect(pass.fetch(stateUrl, {})).rejects.toMatchObject({ reason: 'sign_in_needed' });
    expect(seen).toHaveLength(2);
  });

  test('ends with the booking, and the directory says why', async () => {
    const why = new Refusal('not_booked', 'Somebody else has booked this station.');
    open(ticket(40_000));
    askAgain.mockRejectedValue(why);
    await vi.advanceTimersByTimeAsync(39_000);
    expect(onEnded).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(onEnded).toHaveBeenCalledExactlyOnceWith(why);
  });

  test('ends with the directory’s word where the station’s clock is ahead of the directory’s', async () => {
    const why = new Refusal('not_booked', 'Your booking begins tomorrow.');
    const pass = open(ticket(40_000));
    askAgain.mockImplementation(() => Promise.resolve(ticket(2_000)));
    await vi.advanceTimersByTimeAsync(38_000);
    // It has ended there, and so has each one that is as short.
    statusOf = () => 401;
    await expect(pass.fetch(stateUrl, {})).rejects.toMatchObject({ reason: 'unreachable' });
    expect(onEnded).not.toHaveBeenCalled();
    askAgain.mockRejectedValue(why);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(onEnded).toHaveBeenCalledExactlyOnceWith(why);
  });

  test('holds as long as it lasts while the directory is away, and is renewed when that is back', async () => {
    const pass = open();
    askAgain.mockRejectedValue(new Refusal('unreachable', 'The directory does not answer.'));
    await vi.advanceTimersByTimeAsync(quarterMs - 30_000);
    expect((await pass.fetch(stateUrl, {})).status).toBe(200);
    expect(seen.at(-1)).toBe('/api/state ticket-1');
    askAgain.mockImplementation(() => Promise.resolve(ticket()));
    await vi.advanceTimersByTimeAsync(11_000);
    expect(seen.at(-1)).toBe('/api/me ticket-2');
    expect(onEnded).not.toHaveBeenCalled();
  });

  test('is asked for by nobody once the page has left', async () => {
    open().close();
    await vi.advanceTimersByTimeAsync(2 * quarterMs);
    expect(askAgain).not.toHaveBeenCalled();
    expect(seen).toEqual([]);
  });
});
