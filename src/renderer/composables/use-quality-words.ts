import type { Quality, QualityCause, QualityLevel } from '../station/quality.ts';
import { useMeasures } from './use-measures.ts';
import { useWords } from './use-words.ts';

/** The quality of a session in the reader's words. */
export function useQualityWords() {
  const { word, quantity, duration } = useWords();
  const { share, milliseconds } = useMeasures();
  const perSecond = (fps: number): string => quantity(fps, 'fps', fps < 9.95 ? 1 : 0);

  function levelWord(level: QualityLevel): string {
    return word(`verdict.${level}`);
  }

  function causeSentence(cause: QualityCause): string {
    switch (cause.kind) {
      case 'connection':
        return word('trouble.connection');
      case 'undecodable':
        return word('trouble.undecodable', { codec: cause.codec?.replace('video/', '') ?? word('trouble.anyCodec') });
      case 'loss':
      case 'drops':
        return word(`trouble.${cause.kind}`, { share: share(cause.share) });
      case 'decoder':
      case 'latency':
        return word(`trouble.${cause.kind}`, { time: milliseconds(cause.ms) });
      case 'sending':
        return word('trouble.sending', { sent: perSecond(cause.sentFps), camera: perSecond(cause.cameraFps) });
      case 'rate':
        return word('trouble.rate', { decoded: perSecond(cause.decodedFps), camera: perSecond(cause.cameraFps) });
      case 'silence':
      case 'freezes':
      case 'exposing':
        return word(`trouble.${cause.kind}`, { time: duration(cause.ms) });
    }
  }

  /** The level with what it comes of, such as “Poor – network loss 6 %”. */
  function qualitySentence({ level, cause }: Quality): string {
    if (!cause) return levelWord(level);
    return word('verdict.because', { level: levelWord(level), cause: causeSentence(cause) });
  }

  return { levelWord, causeSentence, qualitySentence };
}
