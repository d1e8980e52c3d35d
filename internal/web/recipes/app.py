import json, os, urllib.request

body = json.dumps({"app_id": "{id}", "app_key": os.environ["HUB_SECRET"]}).encode()
request = urllib.request.Request("{issuer}/login", body, {"Content-Type": "application/json"})
with urllib.request.urlopen(request) as answer:
    token = json.load(answer)
print(token["token_type"], token["expires_in"])
