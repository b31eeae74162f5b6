"""ONNX: graphs in, and models out."""
