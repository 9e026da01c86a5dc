// A certified client as any app would use it: `openid-client` from npm. Prints where the browser goes, reads where it arrived.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const [clientId, redirectUri] = process.argv.slice(2);
const insecure = { execute: [client.allowInsecureRequests] }; // plain http to loopback
const hub = await client.discovery(new URL(process.env.HF_ENDPOINT), clientId, undefined, client.None(), insecure);
const verifier = client.randomPKCECodeVerifier();
const expected = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true };
const address = client.buildAuthorizationUrl(hub, {
  redirect_uri: redirectUri,
  scope: "openid profile",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state: expected.expectedState,
  nonce: expected.expectedNonce,
});
console.log(address.href);
const [arrived] = (await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next()).value.split("\n");
const tokens = await client.authorizationCodeGrant(hub, new URL(arrived), expected);
const { sub } = tokens.claims();
const person = await client.fetchUserInfo(hub, tokens.access_token, sub);
const fresh = await client.refreshTokenGrant(hub, tokens.refresh_token);
await client.tokenRevocation(hub, fresh.refresh_token);
console.log(JSON.stringify({ name: person.preferred_username, claims: tokens.claims(), scope: fresh.scope }));
process.exit(0);
