"""Process control: which ups and downs are ordinary?"""
