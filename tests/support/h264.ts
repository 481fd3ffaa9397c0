/** The NAL units of an access unit in Annex B form, without their start codes (ITU-T H.264 annex B). */
export function nalUnits(accessUnit: Uint8Array): Uint8Array[] {
  const starts: { code: number; payload: number }[] = [];
  for (let i = 0; i + 3 <= accessUnit.length; i++) {
    if (accessUnit[i] !== 0 || accessUnit[i + 1] !== 0 || accessUnit[i + 2] !== 1) continue;
    starts.push({ code: i > 0 && accessUnit[i - 1] === 0 ? i - 1 : i, payload: i + 3 });
  }
  return starts.map(({ payload }, index) => accessUnit.subarray(payload, starts[index + 1]?.code));
}

/** The type of each NAL unit: 1 is a slice, 5 a slice of an IDR picture, 6 SEI, 7 and 8 the parameter sets. */
export function nalTypes(accessUnit: Uint8Array): number[] {
  return nalUnits(accessUnit).map((unit) => (unit[0] ?? 0) & 31);
}
