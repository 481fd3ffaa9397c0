import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AV_CODEC_ID_H264, AV_LOG_ERROR, AVERROR_EOF, AVSEEK_FLAG_BACKWARD } from 'node-av/constants';
import { Dictionary, FFmpegError, FormatContext, Log, Packet } from 'node-av/lib';

/*
 * Publishes a recording with FFmpeg's own WHIP muxer, without encoding it again, in the time that it was taken in. Ends with its standard
 * input, so that it never outlives the test. Arguments: the address, and a token or nothing.
 */
const recording = fileURLToPath(new URL('../data/beads-in-water.mp4', import.meta.url));

const [url = '', token = ''] = process.argv.slice(2);
process.stdin.on('end', () => process.exit(0)).resume();
Log.setLevel(AV_LOG_ERROR);

const input = new FormatContext();
input.allocContext();
check(await input.openInput(recording, null, null), 'opening the recording');
check(await input.findStreamInfo(null), 'reading the recording');
const from = input.streams.find(({ codecpar }) => codecpar.codecId === AV_CODEC_ID_H264);
if (!from) throw new Error('The recording has no H.264.');

const output = new FormatContext();
check(output.allocOutputContext2(null, 'whip', url), 'finding the WHIP muxer');
const to = output.newStream(null);
check(from.codecpar.copy(to.codecpar), 'copying what is known of the video');
to.codecpar.codecTag = 0;
to.timeBase = from.timeBase;
using options = Dictionary.fromObject(token === '' ? {} : { authorization: token });
check(await output.writeHeader(options), 'connecting');
process.stdout.write('publishing\n');

const packet = new Packet();
packet.alloc();
const startedAtMs = performance.now();
let loopedTicks = 0n;
let endTicks = 0n;
for (;;) {
  packet.unref();
  const read = await input.readFrame(packet);
  if (read === AVERROR_EOF) {
    loopedTicks += endTicks;
    check(await input.seekFrame(from.index, 0n, AVSEEK_FLAG_BACKWARD), 'beginning anew');
    continue;
  }
  check(read, 'reading');
  if (packet.streamIndex !== from.index) continue;
  endTicks = packet.pts + packet.duration;
  packet.pts += loopedTicks;
  packet.dts = packet.pts;
  const dueMs = (Number(packet.pts) * 1_000 * from.timeBase.num) / from.timeBase.den;
  await delay(Math.max(0, startedAtMs + dueMs - performance.now()));
  packet.streamIndex = to.index;
  packet.rescaleTs(from.timeBase, to.timeBase);
  check(await output.writeFrame(packet), 'publishing');
}

function check(result: number, what: string): void {
  FFmpegError.throwIfError(result, what);
}
