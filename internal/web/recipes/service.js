const basic = Buffer.from(`{id}:${process.env.HUB_SECRET}`).toString("base64");
const answer = await fetch("{issuer}/api/rest/oauth2/token", {
  method: "POST",
  headers: { Authorization: `Basic ${basic}` },
  body: new URLSearchParams({ grant_type: "client_credentials", scope: "{scope}" }),
});
if (!answer.ok) throw new Error(await answer.text());
const token = await answer.json();
console.log(token.token_type, token.expires_in);
