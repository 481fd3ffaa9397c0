import * as v from 'valibot';
import { qualitySchema, sourceKindSchema } from '../../../shared/source.ts';

export const settingsSchema = v.object({
  stationName: v.string(),
  streams: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      sourceKind: sourceKindSchema,
      sourceText: v.string(),
      pixelSizeUm: v.nullable(v.number()),
      quality: qualitySchema,
    }),
  ),
  fixedBy: v.nullable(v.literal('command_line')),
});
