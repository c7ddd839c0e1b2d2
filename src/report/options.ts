// What a caller may choose about any text format; which of them a terminal supports is for the caller to find out.

export interface TextOptions {
  /** Columns to fill. Default 80. */
  readonly width?: number;
  /** Default false: no escape sequence is ever printed unless it was asked for. */
  readonly colour?: boolean;
  /** Lines, arrows and ellipses beyond ASCII. Default true. */
  readonly unicode?: boolean;
}
