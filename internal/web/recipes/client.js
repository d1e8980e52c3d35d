const form = new URLSearchParams({ grant_type: "client_credentials", client_id: "{id}", client_secret: process.env.HUB_SECRET });
const answer = await fetch("{issuer}/oauth/create_token", { method: "POST", body: form });
if (!answer.ok) throw new Error(await answer.text());
const { access_token } = await answer.json();
const me = await fetch("{issuer}/api/rest/users/me", { headers: { Authorization: `Bearer ${access_token}` } });
console.log((await me.json()).id);
