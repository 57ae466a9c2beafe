"""How each check of 4-models/image-classification is made to fail."""

RUNS = [
    {  # wrong weights, leaking splits, networks that learn nothing
        "edits": [
            ("rows=train, epochs=4)", "rows=train, epochs=1)"),
            ("depth, width, resolution = compound(1)", "depth, width, resolution = compound(2)"),
            ("    mine.load_state_dict(theirs.state_dict())\n    with", "    with"),
            (
                "mine = EfficientNet().train()\nmine.load_state_dict(theirs.state_dict())",
                "mine = EfficientNet().train()",
            ),
            ('"VGG-16": VGG(PLANS[16])', '"VGG-16": VGG(PLANS[11])'),
            (
                "train, test = group_split(data.block, test=0.25, seed=0)",
                "train, test = group_split(torch.arange(len(data.y)), test=0.25, seed=0)",
            ),
            (
                "linear = LogisticRegression(max_iter=200, tol=1e-3).fit(flat[train], y[train])",
                "linear = LogisticRegression(max_iter=200, tol=1e-3).fit(flat[test], y[test])",
            ),
            (
                'codes = local_binary_pattern((tile * 255).astype(np.uint8), 8, 1, method="uniform")',
                "codes = (tile * 0).astype(int)",
            ),
            ("net, (x[rows], y[rows])", "net, (x[rows], y[rows][torch.randperm(len(rows))])"),
            (
                "of_tiles, of_blocks = bootstrap_interval(right), bootstrap_interval(by_block)",
                "of_tiles = of_blocks = bootstrap_interval(right)",
            ),
            (
                "after = wide.first.weight.detach().cpu()[:, 0]",
                "after = torch.randn(12, 7, 7, generator=torch.Generator().manual_seed(3))",
            ),
            (
                "leak = remembered(half",
                "where = torch.randint(16, where.shape)\nleak = remembered(half",
            ),
            (
                "return self.relu(self.conv2(inputs))",
                "return self.relu(inputs + 0.2 * self.conv2(inputs))",
            ),
            ("y[train] == k][::20][:10]", "y[train] == k][:10]"),
            (
                "place = Path(folder.name) / data.classes[y[row]]",
                "place = Path(folder.name) / ('brick' if y[row] else 'other')",
            ),
            ('write_bytes(b"not an image")', "exists()"),
            ("nn.Conv2d(1, 1, 3, padding=1) for _", "nn.Conv2d(1, 1, 5, padding=2) for _"),
            ("groups=g, bias=False).weight.numel()", "bias=False).weight.numel()"),
            (
                "rolled = x[test].roll((3, 3), dims=(2, 3))",
                "right = torch.ones(len(test))\nrolled = torch.randn(x[test].shape)",
            ),
        ],
        "fails": [
            "one step of compound scaling doubles the cost",
            "VGG, ResNet, ResNeXt, DenseNet equal torchvision's",
            "EfficientNet's features equal torchvision's",
            "timm's ResNet takes the same weights",
            "VGG-16 has 26 times the weights of EfficientNet-B0",
            "no block is on both sides",
            "pixels one by one say next to nothing",
            "a classical texture feature does well",
            "the worst mean of five networks",
            "tiles pretend to more certainty than blocks allow",
            "the network with wide first filters learns too",
            "filters resemble Gabor functions more after training",
            "a neighbour tells where a tile was cut, far above one in sixteen",
            "with shortcuts it falls",
            "classes come from the folders' names",
            "a broken file is named",
            "three 3 x 3 filters see 7 x 7 pixels",
            "the convolutional network hardly notices a shift",
            "g groups divide the weights by g",
        ],
    },
    {  # one network that is not trained; a plain stack that has the shortcut
        "edits": [
            ("rows=train, epochs=4)", "rows=train, epochs=2)"),
            (
                '"VGG": lambda: VGG((16, "pool", 32, "pool", 64), 3, norm=True, small=True)',
                '"VGG": lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 3))',
            ),
            (
                "return self.relu(self.conv2(inputs))",
                "return self.relu(inputs + 0.2 * self.conv2(inputs))",
            ),
            (
                "class Plain(BasicBlock):\n    def forward(self, inputs):\n        inputs = self.relu(self.conv1(inputs))  # no shortcut, and no norm to repair it\n",
                "class Plain(BasicBlock):\n    def forward(self, inputs):\n",
            ),
        ],
        "fails": [
            "every network beats the texture feature",
            "the networks lie close together",
            "without shortcuts the loss stays at guessing",
        ],
    },
]
