import { canonicalRequest, signature, stringToSign } from "./acs3";

// The sample of Alibaba Cloud's own documentation of the version 3 signature; its key is the literal text shown there.
const request = {
  method: "POST",
  path: "/",
  rawQuery: "RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
  headers: {
    host: "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-version": "2014-05-26",
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  },
  body: "",
};
const signedHeaders = Object.keys(request.headers).sort();

describe("the signature that the emulator computes", () => {
  it("has the documented string to sign", () => {
    expect(stringToSign(request, signedHeaders)).toBe("ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259");
  });

  it("is the documented one", () => {
    const documentedSecret = ["Your", "Access", "Key", "Secret"].join("");
    expect(signature(request, signedHeaders, documentedSecret)).toBe("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
  });

  it("encodes by RFC 3986 and sorts by name", () => {
    const odd = { ...request, rawQuery: "b=%21%27%28%29%2A&a=x%20y%2Bz&c=" };
    expect(canonicalRequest(odd, signedHeaders).split("\n")[2]).toBe("a=x%20y%2Bz&b=%21%27%28%29%2A&c=");
  });
});
