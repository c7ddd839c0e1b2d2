// Several readers at once as one stream, in the order in which they bring something.

export async function* mergeStreams<Item>(streams: readonly AsyncIterable<Item>[]): AsyncGenerator<Item> {
  const pending = new Map<number, Promise<{ index: number; result: IteratorResult<Item> }>>();
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const advance = (index: number): void => {
    const next = iterators[index]?.next();
    if (next)
      pending.set(
        index,
        next.then((result) => ({ index, result })),
      );
  };
  for (const index of iterators.keys()) advance(index);
  while (pending.size > 0) {
    const { index, result } = await Promise.race(pending.values());
    pending.delete(index);
    if (result.done) continue;
    yield result.value;
    advance(index);
  }
}
