def check(root, problems): pass
