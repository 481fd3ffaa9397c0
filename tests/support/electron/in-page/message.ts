/**
 * Structured clones as text, for the way between the page and the main process. It runs in both: in the page as the source of this
 * function, so it refers to nothing outside.
 */
export function messageCodec() {
  const arrays = {
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
  } as const;
  const floats = { Float32Array, Float64Array, BigInt64Array, BigUint64Array } as const;
  const views: Readonly<Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>> = {
    ...arrays,
    ...floats,
    DataView,
  };

  type Node = readonly [kind: string, ...parts: unknown[]];

  /** @throws DataCloneError where the value can't be cloned, as Electron does. */
  function encode(message: unknown): string {
    const nodes: Node[] = [];
    const seen = new Map<unknown, number>();

    function put(value: unknown): number {
      const known = seen.get(value);
      if (known !== undefined) return known;
      const at = nodes.push(['none']) - 1;
      if (typeof value === 'object' && value !== null) seen.set(value, at);
      nodes[at] = nodeOf(value);
      return at;
    }

    function nodeOf(value: unknown): Node {
      if (value === undefined) return ['none'];
      if (typeof value === 'bigint') return ['bigint', String(value)];
      if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
        return ['number', Object.is(value, -0) ? '-0' : String(value)];
      }
      if (typeof value !== 'object' || value === null) return ['plain', value];
      if (Array.isArray(value)) return ['list', value.map(put)];
      if (value instanceof Date) return ['date', value.getTime()];
      if (value instanceof RegExp) return ['regexp', value.source, value.flags];
      if (value instanceof Map) return ['map', [...value].map((entry) => entry.map(put))];
      if (value instanceof Set) return ['set', [...value].map(put)];
      if (value instanceof Error) return ['error', value.name, value.message];
      if (value instanceof ArrayBuffer) return ['buffer', [...new Uint8Array(value)]];
      if (ArrayBuffer.isView(value)) {
        const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
        return ['view', value.constructor.name, [...bytes]];
      }
      if (Object.getPrototypeOf(value) !== Object.prototype) {
        throw new Error(`The stand-in for Electron cannot pass a ${value.constructor.name}.`);
      }
      return ['object', Object.entries(value).map(([key, part]) => [key, put(part)])];
    }

    // Refuses what can't be cloned, and makes plain objects of class instances.
    put(structuredClone(message));
    return JSON.stringify(nodes);
  }

  function decode(text: string): unknown {
    const nodes = JSON.parse(text) as Node[];
    const made = new Map<number, unknown>();
    const keep = <T>(at: number, value: T): T => {
      made.set(at, value);
      return value;
    };

    function get(at: number): unknown {
      return made.has(at) ? made.get(at) : take(at);
    }

    function take(at: number): unknown {
      const [kind, first, second] = nodes[at] ?? ['none'];
      switch (kind) {
        case 'none':
          return undefined;
        case 'bigint':
          return BigInt(first as string);
        case 'number':
          return Number(first);
        case 'list': {
          const list: unknown[] = keep(at, []);
          for (const part of first as number[]) list.push(get(part));
          return list;
        }
        case 'object': {
          const object: Record<string, unknown> = keep(at, {});
          for (const [key, part] of first as [string, number][]) {
            // `__proto__` is a name like others here.
            Object.defineProperty(object, key, {
              value: get(part),
              enumerable: true,
              writable: true,
              configurable: true,
            });
          }
          return object;
        }
        case 'map': {
          const map = keep(at, new Map());
          for (const [key, part] of first as [number, number][]) map.set(get(key), get(part));
          return map;
        }
        case 'set': {
          const set = keep(at, new Set());
          for (const part of first as number[]) set.add(get(part));
          return set;
        }
        case 'date':
          return keep(at, new Date(first as number));
        case 'regexp':
          return keep(at, new RegExp(first as string, second as string));
        case 'error':
          return keep(at, Object.assign(new Error(second as string), { name: first as string }));
        case 'buffer':
          return keep(at, new Uint8Array(first as number[]).buffer);
        case 'view': {
          const View = views[first as string];
          if (!View) throw new Error(`The stand-in for Electron cannot pass a ${String(first)}.`);
          return keep(at, new View(new Uint8Array(second as number[]).buffer));
        }
        default:
          return first;
      }
    }

    return get(0);
  }

  return { encode, decode };
}
