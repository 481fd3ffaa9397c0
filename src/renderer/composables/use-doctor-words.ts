import type { Diagnosis } from '../station/link-doctor.ts';
import type { CandidateKind } from '../station/media-path.ts';
import { useMeasures } from './use-measures.ts';
import { useWords } from './use-words.ts';

/** What the link doctor finds, in the reader's words. */
export function useDoctorWords() {
  const { word, list } = useWords();
  const { measure, milliseconds, share, bitrate } = useMeasures();

  function candidates(kinds: readonly CandidateKind[]): string {
    if (kinds.length === 0) return word('doctor.candidate.none');
    return list(kinds.map((kind) => word(`doctor.candidate.${kind}`)));
  }

  function noPath({ own, station, stationUdpPort }: Extract<Diagnosis, { kind: 'no_path' }>): string {
    const tried = { own: candidates(own), station: candidates(station) };
    if (stationUdpPort === null) return word('doctor.no_path', tried);
    return word('doctor.no_path_port', { ...tried, port: stationUdpPort });
  }

  function bandwidth({ scale, kbitPerS }: Extract<Diagnosis, { kind: 'bandwidth' }>): string {
    const size = word(scale === 2 ? 'doctor.half' : 'doctor.quarter');
    if (kbitPerS === null) return word('doctor.bandwidth_unknown', { size });
    return word('doctor.bandwidth', { size, rate: bitrate(kbitPerS) });
  }

  /** What is wrong and what to do. */
  function doctorSentence(diagnosis: Diagnosis): string {
    switch (diagnosis.kind) {
      case 'hidden':
      case 'unreachable':
      case 'interrupted':
      case 'detector_away':
        return word(`doctor.${diagnosis.kind}`);
      case 'no_decoder':
        return word('doctor.no_decoder', { codec: diagnosis.codec?.replace('video/', '') ?? 'H264, VP8' });
      case 'no_path':
        return noPath(diagnosis);
      case 'overloaded':
        return word('doctor.overloaded', { time: milliseconds(diagnosis.lagMs) });
      case 'behind':
        return diagnosis.frames > 0 ? word('doctor.behind', { frames: diagnosis.frames }) : word('doctor.not_sent');
      case 'loss':
        return word(`doctor.loss.${diagnosis.network ?? 'unknown'}`, { share: share(diagnosis.share) });
      case 'bandwidth':
        return bandwidth(diagnosis);
      case 'slow_detector':
        return word('doctor.slow_detector', {
          fps: measure(diagnosis.fps, 'fps'),
          nominal: measure(diagnosis.nominalFps, 'fps'),
        });
      case 'relayed_over_tcp':
        return word('doctor.relayed_over_tcp', {
          protocol: diagnosis.protocol.toUpperCase(),
          time: milliseconds(diagnosis.ms),
        });
      case 'decoder':
      case 'over_tcp':
      case 'relayed':
      case 'round_trip':
        return word(`doctor.${diagnosis.kind}`, { time: milliseconds(diagnosis.ms) });
      case 'clock':
        if (diagnosis.uncertaintyMs === null) return word('doctor.clock_unknown');
        return word('doctor.clock', { time: milliseconds(diagnosis.uncertaintyMs) });
      case 'well':
        return word(`doctor.well.${diagnosis.reach}`, { time: milliseconds(diagnosis.ms) });
    }
  }

  return { doctorSentence };
}
