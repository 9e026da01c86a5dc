// A certified provider as a company would run it: `oidc-provider` from npm, with its own forms for signing in.
import Provider from "oidc-provider";

const [port, clientId, clientSecret, hub] = process.argv.slice(2);
const people = {
  grace: { name: "Grace H.", preferred_username: "grace", email: "grace@corp.test", email_verified: true, groups: ["ml-team"] },
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [`${hub}/sso/callback`],
    post_logout_redirect_uris: [`${hub}/`],
  }],
  claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email", "email_verified"], groups: ["groups"] },
  pkce: { required: () => true },
  cookies: { keys: ["of the company"] },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
