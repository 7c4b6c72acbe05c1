const FORMS = [
  /^[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Za-z]{6,9}, \d{2}-[A-Za-z]{3}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Za-z]{3} [A-Za-z]{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** Epoch milliseconds of an HTTP date in any of its three forms (RFC 9110, 5.6.7); undefined for every other text. */
export function httpDateMs(text: string | undefined): number | undefined {
  const date = text?.trim() ?? "";
  // Date.parse alone takes "-5" for a year.
  if (!FORMS.some((form) => form.test(date))) return undefined;
  // The last form means GMT without saying so; Date.parse would take this machine's own zone.
  const atMs = Date.parse(date.endsWith(" GMT") ? date : `${date} GMT`);
  return Number.isNaN(atMs) ? undefined : atMs;
}
