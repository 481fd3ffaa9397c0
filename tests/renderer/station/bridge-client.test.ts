import { describe, expect, test, vi } from 'vitest';
import type { Bridge } from '../../../src/shared/bridge.ts';
import { BridgeClient } from '../../../src/renderer/station/bridge-client.ts';
import { sampleSession, sampleState } from '../../contract/fake-station.ts';

function bridge(overrides: Partial<Bridge> = {}): Bridge {
  return {
    state: () => Promise.resolve({ ok: sampleState() }),
    onState: () => () => undefined,
    webrtcConfig: () => Promise.resolve({ ok: { iceServers: [] } }),
    cameras: () => Promise.resolve({ ok: [] }),
    watch: () => Promise.resolve({ ok: sampleSession }),
    updateIce: () => Promise.resolve({ ok: null }),
    addIceCandidate: () => Promise.resolve({ ok: undefined }),
    leave: () => Promise.resolve({ ok: undefined }),
    ...overrides,
  };
}

describe('The station over the Bridge', () => {
  test('opens a session, and ends it when the Player leaves', async () => {
    const leave = vi.fn(() => Promise.resolve({ ok: undefined }));
    const session = await new BridgeClient(bridge({ leave })).watch('bench', 'offer');
    expect(session.answerSdp).toBe(sampleSession.answerSdp);
    await session.leave();
    expect(leave).toHaveBeenCalledWith(sampleSession.viewerId);
  });

  test('refuses with the reason and the wait that came over the Bridge', async () => {
    const error = { reason: 'source_offline', message: 'away', retryAfterMs: 2_000 } as const;
    const client = new BridgeClient(bridge({ watch: () => Promise.resolve({ error }) }));
    await expect(client.watch('bench', 'offer')).rejects.toMatchObject({ name: 'Refusal', ...error });
  });
});
