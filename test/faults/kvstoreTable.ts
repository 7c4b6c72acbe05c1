import { operation } from "../../provider/kvstore/directConnection";
import type { Table } from "./table";

const wish = (name: string) => ({ instanceId: `r-${name}`, connectionString: `prefix${name}`, port: 6380 });
const up = { hook: "up", given: wish } as const;

export const kvstoreTable: Table = {
  title: "kvstore.DirectConnection",
  operation,
  service: "alibaba",
  columns: [
    { title: "DescribeInstanceAttribute", repeat: "read", strikes: { action: "DescribeInstanceAttribute" }, ...up },
    { title: "DescribeDBInstanceNetInfo", repeat: "read", strikes: { action: "DescribeDBInstanceNetInfo" }, ...up },
    {
      ...{ title: "DescribeInstanceSSL", repeat: "read", strikes: { action: "DescribeInstanceSSL" }, ...up },
      // An account that may not ask is no reason to stop: the allocation itself tells.
      forgives: ({ name, means }) => ["refused", "gone", "askedTooLong"].includes(means) && name !== "501",
    },
    {
      ...{ title: "AllocateDirectConnection", repeat: "once", strikes: { action: "AllocateDirectConnection" }, ...up },
      afterLoss: "looked up and sent again",
    },
    { title: "DescribeInstanceAttribute, waiting", repeat: "read", strikes: { action: "DescribeInstanceAttribute" }, nth: 2, ...up },
    { title: "DescribeDBInstanceNetInfo, waiting", repeat: "read", strikes: { action: "DescribeDBInstanceNetInfo" }, nth: 2, ...up },
    {
      title: "DescribeDBInstanceNetInfo, refresh",
      repeat: "read",
      strikes: { action: "DescribeDBInstanceNetInfo" },
      hook: "refresh",
      given: wish,
    },
    {
      ...{ title: "ReleaseDirectConnection", repeat: "once", strikes: { action: "ReleaseDirectConnection" }, hook: "destroy", given: wish },
      afterLoss: "looked up and sent again",
    },
    {
      ...{ title: "DescribeDBInstanceNetInfo, released", repeat: "read", strikes: { action: "DescribeDBInstanceNetInfo" }, nth: 2 },
      ...{ hook: "destroy", given: wish },
    },
  ],
  prepare: (cloud, name) => cloud.addInstance({ instanceId: `r-${name}` }),
  shown: (cloud, name) => cloud.directConnection(`r-${name}`)?.connectionString,
  untrue: (state, cloud, name) => {
    const now = cloud.directConnection(`r-${name}`);
    const pairs = [
      [state["connectionDomain"], now?.connectionString],
      [state["port"], now?.port],
      [state["ipAddress"], now?.ipAddress],
    ];
    return pairs.filter(([said, is]) => said !== is).map(([said, is]) => `the state says ${said} where the cloud has ${is}`);
  },
  remains: (cloud, name) => cloud.directConnection(`r-${name}`) !== undefined,
  isOpen: (state) => state["connectionDomain"] === undefined,
  // An instance has one or none: the service itself refuses a second one.
  deeds: () => 0,
};
