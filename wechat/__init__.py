"""The WeChat platform: what arrives, what is answered, and the calls of its API. The only importer of wechatpy."""
