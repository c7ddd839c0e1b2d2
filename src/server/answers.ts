// What is answered, by path: made whole from the model, replaced whole when the model changes, kept when the new one is wrong.

export interface Answer {
  readonly type: string;
  readonly body: Buffer;
}

export interface Loaded {
  readonly answers: ReadonlyMap<string, Answer>;
  /** Tells one state of the source from another. */
  readonly mark: string;
}

export interface Answers {
  get(path: string): Answer | undefined;
  paths(): readonly string[];
  /** Looks whether the source has changed. Says why the answers are not of its newest state. */
  refresh(): string | undefined;
}

export interface AnswerSource {
  /** Cheap: asked at most once a second. */
  mark(): string;
  /** Throws when the source is wrong. */
  load(): ReadonlyMap<string, Answer>;
}

/** The first load may throw; later ones leave what was answered before. */
export function createAnswers(source: AnswerSource, now: () => number = Date.now): Answers {
  let loaded: Loaded = { mark: source.mark(), answers: source.load() };
  let failed: { readonly mark: string; readonly because: string } | undefined;
  let looked = now();
  const look = (): void => {
    const mark = source.mark();
    if (mark === loaded.mark) {
      failed = undefined;
      return;
    }
    if (mark === failed?.mark) return;
    try {
      loaded = { mark, answers: source.load() };
      failed = undefined;
    } catch (error) {
      failed = { mark, because: error instanceof Error ? error.message : String(error) };
    }
  };
  return {
    get: (path) => loaded.answers.get(path),
    paths: () => [...loaded.answers.keys()],
    refresh() {
      if (now() - looked >= 1000) {
        looked = now();
        look();
      }
      return failed?.because;
    },
  };
}
