import type { Connection as Ticket } from '../../shared/directory.ts';
import type { Refusal } from './client.ts';
import { EstimatedClock, keepEstimating } from './clock.ts';
import type { Connection, Place } from './connect.ts';
import type { DirectoryClient } from './directory-client.ts';
import { HttpClient } from './http-client.ts';
import { TicketPass } from './ticket-pass.ts';

/** Another station of the lab, whose pictures come from there directly. */
export interface LabStationLink {
  readonly connection: Connection;
  /** When the booking ends that lets in, Unix time; null where none is needed. */
  readonly bookingUntilMs: number | null;
  /** Ends what keeps it open. */
  close(): void;
}

export interface LabStationWish {
  readonly directory: DirectoryClient;
  /** The station's id in the directory. */
  readonly stationId: string;
  readonly place: Place;
  readonly page: Document;
  /** Called once, when this page is let in no more. */
  readonly onEnded: (why: Refusal) => void;
}

/**
 * Asks the directory for a ticket and the station itself whether it lets in.
 * @throws Refusal of the directory or of the station.
 */
export async function openLabStation(wish: LabStationWish): Promise<LabStationLink> {
  const { directory, stationId, place, page, onEnded } = wish;
  const askAgain = (): Promise<Ticket> => directory.connect({ robot_id: stationId });
  const first = await askAgain();
  const { url: baseUrl, hasSockets } = directory.doorOf(first);
  let isOpen = false;
  let refused: Refusal | null = null;
  const end = (why: Refusal): void => {
    if (isOpen) onEnded(why);
    else refused = why;
  };
  const pass = new TicketPass({ baseUrl, first, askAgain, onEnded: end });
  const client = new HttpClient(baseUrl, pass, page, hasSockets);
  try {
    await client.state();
  } catch (error) {
    pass.close();
    throw refused ?? error;
  }
  isOpen = true;
  const clock = new EstimatedClock();
  const mayAsk = (): Promise<void> => (isOpen ? Promise.resolve() : new Promise(() => undefined));
  void keepEstimating(clock, async () => (await client.state()).timeMs, mayAsk);
  return {
    connection: {
      client,
      clock,
      place: { ...place, kiosk: null },
      pass: null,
      access: null,
      settings: null,
      directory: null,
    },
    bookingUntilMs: first.booking_until_ms,
    close: () => {
      isOpen = false;
      pass.close();
    },
  };
}
