curl -N -H "Authorization: Bearer $TOKEN" 'https://gateway.example.com/sse?channel=private-prod-segment-events'
