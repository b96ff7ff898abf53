class Directory {}
