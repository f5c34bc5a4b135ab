curl -H "Authorization: Bearer $TOKEN" -d '{"channel":"orders","name":"paid","data":{"total":12}}' https://gateway.example.com/publications
