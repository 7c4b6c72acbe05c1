import { operation } from "../../provider/kvstore/directConnection";
import type { Table } from "./table";

const wish = (name: string) => ({ instanceId: `r-${name}`, connectionString: `prefix${name}`, port: 6380 });
const LOST = { mode: "reset", apply: true } as const;
const lostRelease = { besides: { action: "ReleaseDirectConnection", ...LOST }, hook: "destroy", given: wish } as const;
const lostAllocation = { besides: { action: "AllocateDirectConnection", ...LOST }, hook: "up", given: wish } as const;
const refused = { mode: "answer", status: 403, code: "Forbidden.RAM" } as const;
/** The run before it allocated, and did not see it serve. */
const open = {
  earlier: { given: wish, fault: { action: "DescribeInstanceAttribute", nth: 2, ...refused } },
  hook: "up",
  given: wish,
} as const;
const instance = { repeat: "read", strikes: { action: "DescribeInstanceAttribute" } } as const;
const netInfo = { repeat: "read", strikes: { action: "DescribeDBInstanceNetInfo" } } as const;
const up = { hook: "up", given: wish } as const;

export const kvstoreTable: Table = {
  title: "kvstore.DirectConnection",
  operation,
  service: "alibaba",
  columns: [
    { title: "DescribeInstanceAttribute", ...instance, ...up },
    { title: "DescribeDBInstanceNetInfo", ...netInfo, ...up },
    {
      ...{ title: "DescribeInstanceSSL", repeat: "read", strikes: { action: "DescribeInstanceSSL" }, ...up },
      // An account that may not ask is no reason to stop: the allocation itself tells.
      forgives: ({ name, means }) => ["refused", "gone", "askedTooLong"].includes(means) && name !== "501",
    },
    {
      ...{ title: "AllocateDirectConnection", repeat: "once", strikes: { action: "AllocateDirectConnection" }, ...up },
      afterLoss: "looked up and sent again",
    },
    { title: "DescribeInstanceAttribute, waiting", ...instance, nth: 2, ...up },
    { title: "DescribeDBInstanceNetInfo, waiting", ...netInfo, nth: 2, ...up },
    { title: "DescribeInstanceAttribute after a lost answer", ...instance, nth: 2, ...lostAllocation },
    { title: "DescribeDBInstanceNetInfo after a lost answer", ...netInfo, nth: 2, ...lostAllocation },
    { title: "DescribeInstanceAttribute, found open", ...instance, ...open },
    { title: "DescribeDBInstanceNetInfo, found open", ...netInfo, ...open },
    { title: "DescribeDBInstanceNetInfo, refresh", ...netInfo, hook: "refresh", given: wish },
    { title: "DescribeDBInstanceNetInfo, destroy", ...netInfo, hook: "destroy", given: wish },
    {
      ...{ title: "ReleaseDirectConnection", repeat: "once", strikes: { action: "ReleaseDirectConnection" }, hook: "destroy", given: wish },
      afterLoss: "looked up and sent again",
    },
    { title: "DescribeDBInstanceNetInfo, released", ...netInfo, nth: 2, hook: "destroy", given: wish },
    { title: "DescribeInstanceAttribute after a lost release", ...instance, nth: 1, ...lostRelease },
    { title: "DescribeDBInstanceNetInfo after a lost release", ...netInfo, nth: 2, ...lostRelease },
  ],
  prepare: (cloud, name) => cloud.addInstance({ instanceId: `r-${name}` }),
  shown: (cloud, name) => cloud.directConnection(`r-${name}`)?.connectionString,
  untrue: (state, cloud, name) => {
    const now = cloud.directConnection(`r-${name}`);
    const pairs = [
      [state["connectionDomain"], now?.connectionString],
      [state["port"], now?.port],
      [state["ipAddress"], now?.ipAddress],
      // Nobody else makes any here.
      [state["adopted"], false],
    ];
    return pairs.filter(([said, is]) => said !== is).map(([said, is]) => `the state says ${said} where the cloud has ${is}`);
  },
  remains: (cloud, name) => cloud.directConnection(`r-${name}`) !== undefined,
  isOpen: (state) => state["connectionDomain"] === undefined,
  // An instance has one or none: the service itself refuses a second one.
  deeds: () => 0,
};
