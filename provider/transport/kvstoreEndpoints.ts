// From the endpoint map of the official client (@alicloud/r-kvstore20150101 6.4.0). The host is not a formula of the
// region: these share the central endpoint, every other region has its own.
const CENTRAL_REGIONS = new Set(
  (
    "cn-qingdao cn-beijing cn-wulanchabu cn-hangzhou cn-shanghai cn-heyuan cn-hangzhou-finance ap-northeast-2-pop " +
    "cn-beijing-finance-pop cn-beijing-gov-1 cn-beijing-nu16-b01 cn-edge-1 cn-fujian cn-haidian-cm12-c01 " +
    "cn-hangzhou-bj-b01 cn-hangzhou-internal-prod-1 cn-hangzhou-internal-test-1 cn-hangzhou-internal-test-2 " +
    "cn-hangzhou-internal-test-3 cn-hangzhou-test-306 cn-hongkong-finance-pop cn-qingdao-nebula cn-shanghai-et15-b01 " +
    "cn-shanghai-et2-b01 cn-shanghai-inner cn-shanghai-internal-test-1 cn-shenzhen-inner cn-shenzhen-st4-d01 " +
    "cn-shenzhen-su18-b01 cn-wuhan cn-yushanfang cn-zhangbei cn-zhangbei-na61-b01 cn-zhangjiakou-na62-a01 " +
    "cn-zhengzhou-nebula-1 eu-west-1-oxs rus-west-1-pop"
  ).split(" "),
);

/** The R-KVStore host of a region, or undefined for a text that cannot be a region id. */
export function kvstoreHost(regionId: string): string | undefined {
  if (CENTRAL_REGIONS.has(regionId)) return "r-kvstore.aliyuncs.com";
  return /^[a-z]{2,}(-[a-z0-9]+)+$/.test(regionId) ? `r-kvstore.${regionId}.aliyuncs.com` : undefined;
}
