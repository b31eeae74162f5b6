"""Training at home: tables in, a model in the job's own shape out; nothing here touches the network."""
