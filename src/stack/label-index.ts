// Who has the labels a selector asks for, found without comparing every selector with every object.

type Labels = Readonly<Record<string, string>>;

export interface LabelIndex<T> {
  /** In the order they were given. Nothing for an empty selector, as a Service's. */
  selectedBy(selector: Labels | undefined): readonly T[];
}

/** `labelsOf` gives undefined for what has none. */
export function indexByLabels<T>(
  items: readonly T[],
  labelsOf: (item: T) => Labels | undefined,
): LabelIndex<T> {
  const byPair = new Map<string, { readonly item: T; readonly labels: Labels }[]>();
  for (const item of items) {
    const labels = labelsOf(item);
    if (!labels) continue;
    for (const [key, value] of Object.entries(labels)) {
      const pair = pairOf(key, value);
      const list = byPair.get(pair);
      if (list) list.push({ item, labels });
      else byPair.set(pair, [{ item, labels }]);
    }
  }
  return {
    selectedBy(selector) {
      const pairs = Object.entries(selector ?? {});
      let fewest: readonly { readonly item: T; readonly labels: Labels }[] | undefined;
      for (const [key, value] of pairs) {
        const list = byPair.get(pairOf(key, value)) ?? [];
        if (!fewest || list.length < fewest.length) fewest = list;
      }
      return (fewest ?? [])
        .filter(({ labels }) => pairs.every(([key, value]) => labels[key] === value))
        .map(({ item }) => item);
    },
  };
}

function pairOf(key: string, value: string): string {
  return `${key}=${value}`;
}
