// What a host logs when its clock is set: systemd, chrony, ntpd, the kernel and Go programs.

export const clockMovedTexts = [
  "Time jumped backwards",
  "Time has been changed",
  "Clock change detected",
  "System clock wrong by",
  "System clock was stepped by",
  "Synchronized to time server",
  "Initial synchronization to time server",
  "Contacted time server",
];

export const clockMoved =
  /Time jumped|time has been changed|Clock change detected|System clock (?:wrong|was stepped) by|Synchronized to time server|Initial synchronization to time server|Contacted time server/i;
