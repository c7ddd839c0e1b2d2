// One spelling per address, so that two spellings of one machine are seen to be one; and addresses that are nobody's.
import { isIPv4, isIPv6 } from "./words.ts";

/** Lower case, no dot at the end of a name, IPv6 in all its eight groups. */
export function canonicalAddress(address: string): string {
  const plain = address.toLowerCase();
  if (!isIPv6(plain)) return plain.replace(/\.$/, "");
  const [head = "", tail] = plain.split("::");
  const groups = (half: string): string[] => (half === "" ? [] : half.split(":"));
  const left = groups(head);
  const right = groups(tail ?? "");
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}

/** Why no other host can reach one machine there; undefined for ordinary addresses. */
export function notOfOneHost(
  canonical: string,
): { readonly why: string; readonly write: string } | undefined {
  const write = "10.0.0.11, fd00::11 or jenkins1.example.org";
  const nobody = { why: "it stands for no particular machine", write };
  const many = { why: "it means many machines at once", write };
  if (isIPv4(canonical)) {
    const first = Number(canonical.split(".")[0]);
    if (first === 0) return nobody;
    return first >= 224 ? many : undefined;
  }
  if (!isIPv6(canonical)) return undefined;
  if (canonical === "0:0:0:0:0:0:0:0") return nobody;
  if (canonical.startsWith("ff")) return many;
  return /^fe[89ab]/.test(canonical)
    ? {
        why: "a link-local address is nothing without an interface, which is another one on every host",
        write,
      }
    : undefined;
}
