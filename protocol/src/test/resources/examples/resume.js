client.on("connected", (message) => { client.url = `${base}/ws/dazzle?resume=${message.payload.resumeKey}`; });
