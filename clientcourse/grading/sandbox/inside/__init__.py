"""What runs inside the fence; nothing here reads keys, the course or the gradebook."""
