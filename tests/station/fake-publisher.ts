import { randomUUID } from 'node:crypto';
import type { VideoFrame } from '../../src/main/station/frame.ts';
import type { AcceptPublisher, Publisher, PublisherNotices } from '../../src/main/station/ports.ts';
import { StationError } from '../../src/shared/errors.ts';
import type { IceRestart, Reach } from '../../src/shared/api.ts';
import type { VideoCodec } from '../../src/shared/state.ts';

/** Somebody who publishes; what he sends is told by the test. */
export class FakePublisher implements Publisher {
  readonly id = randomUUID();
  readonly iceTag = 'tag';
  readonly codec: VideoCodec;
  readonly reach: Reach;
  readonly notices: PublisherNotices;
  isSending = true;
  keyframeRequests = 0;
  end: string | null = null;
  #number = 0;

  constructor(codec: VideoCodec, reach: Reach, notices: PublisherNotices) {
    this.codec = codec;
    this.reach = reach;
    this.notices = notices;
  }

  send(isKeyframe: boolean, facts: Partial<VideoFrame> = {}): VideoFrame {
    const number = ++this.#number;
    const data = Buffer.from(`picture ${number}`);
    const frame = { number, captureTimeMs: 1_000 * number, data, codec: this.codec, isKeyframe, ...facts };
    this.notices.frame(frame);
    return frame;
  }

  requestKeyframe(): void {
    this.keyframeRequests++;
  }

  updateIce(sdpFragment: string): Promise<IceRestart | null> {
    return Promise.resolve({ iceTag: 'tag2', sdpFragment });
  }

  close(reason: Parameters<PublisherNotices['gone']>[0]): Promise<void> {
    if (this.end === null) {
      this.end = reason;
      this.notices.gone(reason);
    }
    return Promise.resolve();
  }
}

/** Makes Publishers and keeps them in this list. An offer is the name of a codec; anything else is refused. */
export function acceptInto(publishers: FakePublisher[]): AcceptPublisher {
  return (offer, reach, notices) => {
    if (offer !== 'h264' && offer !== 'vp8') return Promise.reject(StationError.badOffer('it is a test'));
    const publisher = new FakePublisher(offer, reach, notices);
    publishers.push(publisher);
    return Promise.resolve({ publisher, answerSdp: 'answer' });
  };
}
