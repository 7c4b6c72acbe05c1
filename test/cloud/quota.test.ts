import type { Refusal } from "./exchange";
import { armQuota, Quota } from "./quota";

const path = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/svc/backends/orders";

/** How many requests of a method a quota lets in at one moment. */
function letIn(quota: Quota, method: string, nowMs: number): number {
  for (let count = 0; ; count += 1) {
    try {
      quota.take(method, path, nowMs);
    } catch {
      return count;
    }
  }
}

it.each([
  ["GET", armQuota.reads],
  ["PATCH", armQuota.writes],
  ["POST", armQuota.writes],
  ["DELETE", armQuota.deletes],
])("%s finds a full bucket, and then what runs into it in a second", (method, { size, perSecond }) => {
  const quota = new Quota();
  expect(letIn(quota, method, 0)).toBe(size);
  expect(letIn(quota, method, 1_000)).toBe(perSecond);
  expect(letIn(quota, method, 600_000)).toBe(size);
});

it("turns away with the seconds after which there is one more, in the words of ARM", () => {
  const quota = new Quota();
  letIn(quota, "PATCH", 0);
  let refusal: Refusal | undefined;
  try {
    quota.take("PATCH", path, 50);
  } catch (error) {
    refusal = error as Refusal;
  }
  expect(refusal?.answer).toMatchObject({ status: 429, headers: { "Retry-After": "1" } });
  const operation = "PATCH/SUBSCRIPTIONS/RESOURCEGROUPS/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/BACKENDS";
  expect(JSON.parse(refusal?.answer.body ?? "")).toEqual({
    error: {
      code: "SubscriptionRequestsThrottled",
      message: `Number of requests for subscription 's1' and operation '${operation}' exceeded the backend storage limit. Please try again after '1' seconds.`,
    },
  });
});
