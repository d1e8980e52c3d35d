const answer = await fetch("{issuer}/login", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ app_id: "{id}", app_key: process.env.HUB_SECRET }),
});
if (!answer.ok) throw new Error(await answer.text());
const token = await answer.json();
console.log(token.token_type, token.expires_in);
